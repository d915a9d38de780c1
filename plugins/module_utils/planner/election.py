# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several volumes marked with one name becomes the instance's, so that two runs at once agree. Pure.

Both runs see the same list of Cinder's, and Cinder itself lets only one server have a volume: its
reservation is one conditional update (cinder/volume/api.py, _attachment_reserve). So it is enough that both
runs choose the same volume: one that a server has already, else one that a server had, because it holds the
user's data, else the oldest, else the smallest ID. The run whose volume was not chosen deletes it and goes
on with the chosen one.

Cinder keeps whole seconds. A run boots only from a list that was asked for at least SETTLE seconds after it
first saw the volume: a rival that is not in that list was made in a later second, and loses.
"""

from __future__ import annotations

from collections.abc import Iterable

from .instance_facts import Volume

# Seconds between the first sight of a volume and the list by which it may be booted.
SETTLE = 1.0
# Statuses in which Cinder deletes a volume: cinder/volume/api.py, delete.
DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")


def usable(volume: Volume) -> bool:
    return not volume.status.startswith("error") and volume.status != "deleting"


def deletable(volume: Volume) -> bool:
    return volume.status in DELETABLE


def elect(volumes: Iterable[Volume]) -> Volume | None:
    """The chosen one of the volumes marked with one name, or None when none is usable."""
    return min(
        (one for one in volumes if usable(one)),
        key=lambda one: (not one.taken, not one.booted, one.created_at, one.id),
        default=None,
    )


def surplus(volumes: Iterable[Volume], chosen: Volume | None) -> list[Volume]:
    """What a killed run left beside the chosen one: deletable and never given to a server.

    A volume gets its verdict right before its server; one without it holds nobody's data.
    """
    return [
        one
        for one in volumes
        if deletable(one) and not one.booted and (chosen is None or one.id != chosen.id)
    ]
