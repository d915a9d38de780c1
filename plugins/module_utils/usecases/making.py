# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that make an instance; each runs in a worker and changes its own instance only."""

from __future__ import annotations

from ..failures import AlreadyExists, NotFound, WrongInput
from ..openstack import servers, volumes
from ..planner import instance_step as steps
from . import evidence
from .instance import SERVER, VOLUME


class Maker:
    def __init__(self, cloud, arrays, order):
        self.cloud, self.arrays, self.order = cloud, arrays, order

    def volume(self, one):
        """One request; one more for each broken volume of an earlier run, which goes first."""
        order = self.order
        if one.step.action == steps.REPLACE:
            one.deletable = {one.volume_id, *one.surplus}
            self.tidy(one)
        made = volumes.create(
            self.cloud,
            one.name,
            order.plan.volume_gib,
            order.plan.image.id,
            order.plan.volume_type,
            order.volume_zone,
            {volumes.MARK_NAME: one.name, volumes.MARK_IMAGE: order.plan.image.id},
        )
        one.volume_id = one.own = made["id"]
        one.changed, one.state = True, VOLUME

    def server(self, one):
        """Evidence first, while nobody writes to the volume; then the server. Two requests to OpenStack.

        Nova refuses a volume that another run has just given to its own server; the next poll tells.
        """
        order = self.order
        # A volume that had a server before tells what its first run found; its guest has written since.
        if not evidence.recall(one, one.volume.get("metadata")):
            verdict, one.evidence, one.pool = evidence.gather(
                self.arrays, order.ground, one.volume, one.volume_seconds
            )
            one.path, one.why = verdict.path, verdict.why
            evidence.keep(self.cloud, one.volume_id, verdict, one.pool)
        try:
            made = servers.create(
                self.cloud,
                one.name,
                one.volume_id,
                order.plan.flavor["id"],
                order.networks,
                order.server_options,
            )
        except (WrongInput, AlreadyExists) as exc:
            one.refused = exc
            return
        one.server_id, one.changed, one.state = made["id"], True, SERVER

    def tidy(self, one):
        """Delete what is too much: our volume that was not chosen, or what a killed run left."""
        for volume_id in one.deletable:
            if self._delete(volume_id) and volume_id != one.own:
                one.changed = True
        one.surplus -= one.deletable
        one.deletable = set()

    def _delete(self, volume_id):
        try:
            volumes.delete(self.cloud, volume_id)
        except NotFound:
            return False
        except (WrongInput, AlreadyExists):
            # In use or on its way out after all; if it stays, the next run finds it.
            return False
        return True
