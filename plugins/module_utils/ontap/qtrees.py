# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qtrees of FlexVols (/storage/qtrees)."""

from __future__ import annotations

from .client import any_of


def names_by_volume(client, volumes):
    """``{FlexVol UUID: set of qtree names}`` of some FlexVols, without their default qtrees; one request."""
    query = {"fields": "name,volume.uuid", "volume.uuid": any_of(sorted(volume.uuid for volume in volumes))}
    found = {}
    for record in client.collection("/storage/qtrees", query):
        if record.get("name"):
            found.setdefault(record["volume"]["uuid"], set()).add(record["name"])
    return found
