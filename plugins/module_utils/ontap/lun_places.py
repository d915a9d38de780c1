# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where LUNs are to be made: the qtree, a file of the same name, the snapshot of a source, the room.

ONTAP finds out when it makes a LUN, for a copy only after all data was copied; so it is looked up before
anything is changed. What the account may not read, or the version does not tell, is left to ONTAP.
"""

from __future__ import annotations

import posixpath

from ..failures import AlreadyExists, EnhancedInstanceError, NotAuthorized, NotFound, Refused, Unsupported
from . import files, luns, qtrees, snapshots

#: Failures of a look that leave it open how things are.
OPEN = (NotAuthorized, NotFound, Unsupported)


def refuse(client, volumes, steps):
    """The steps, with a failure in place of each that cannot be done.

    ``volumes`` is {name: Volume} of the destinations. For steps that change something: one request for the
    qtrees when a name has one, one for each directory of destinations (one for each name where there are one
    or two), and one for each FlexVol from whose snapshots LUNs are cloned.
    """
    doing = [step for step in steps if _changes(step)]
    known_qtrees = _qtrees(client, volumes, doing)
    entries = _entries(client, volumes, doing, known_qtrees)
    in_snapshots = _snapshots(client, volumes, doing)
    checked = []
    for step in steps:
        if _changes(step):
            volume = volumes[luns.volume_of(step.destination_path, "name")]
            step = (
                _wrong_qtree(client, volume, step, known_qtrees)
                or _taken(client, volume, step, entries)
                or _no_snapshot(client, volume, step, in_snapshots)
                or step
            )
        checked.append(step)
    return _refuse_space(client, volumes, checked)


def _changes(step):
    return not isinstance(step, EnhancedInstanceError) and step.changes


def _inside(name):
    """A LUN's name relative to the root of its FlexVol."""
    return name.split("/", 3)[3]


def _qtrees(client, volumes, steps):
    """``{FlexVol UUID: names}``, or None when nobody needs it or it cannot be known."""
    needed = {luns.volume_of(s.destination_path, "name") for s in steps if "/" in _inside(s.destination_path)}
    if not needed:
        return None
    try:
        return qtrees.names_by_volume(client, [volumes[name] for name in sorted(needed)])
    except OPEN:
        return None


def _wrong_qtree(client, volume, step, known):
    qtree = posixpath.dirname(_inside(step.destination_path))
    if not qtree or known is None or qtree in known.get(volume.uuid, ()):
        return None
    return NotFound(
        f"The qtree {qtree!r} of the destination_path {step.destination_path!r} does not exist in {volume}",
        client.host,
        "make that qtree first, or write /vol/VOLUME/LUN; a directory is no qtree",
        code="5374860",
    )


def _entries(client, volumes, steps, known_qtrees):
    """``{destination: FileInfo or None}``; what a LUN will be called may be the name of a file."""
    groups = {}
    for step in steps:
        volume = volumes[luns.volume_of(step.destination_path, "name")]
        if _wrong_qtree(client, volume, step, known_qtrees) is None:
            groups.setdefault(volume, []).append(step.destination_path)
    found = {}
    for volume, names in groups.items():
        try:
            there = files.lookup(client, volume, [_inside(name) for name in names], "name,type")
        except (*OPEN, Refused):
            continue
        found.update({name: there[_inside(name)] for name in names})
    return found


def _taken(client, volume, step, entries):
    entry = entries.get(step.destination_path)
    if entry is None or entry.type == "lun":
        return None
    return AlreadyExists(
        f"The destination_path {step.destination_path!r} is a {entry.type} in {volume}, not a LUN",
        client.host,
        "choose another name",
        code="1260136",
    )


def _snapshots(client, volumes, steps):
    """``{FlexVol UUID: names}`` of snapshots, of the FlexVols where they can be known."""
    found = {}
    for name in sorted(
        {luns.volume_of(s.source_path, "name") for s in steps if luns.in_snapshot(s.source_path)}
    ):
        try:
            found[volumes[name].uuid] = snapshots.names(client, volumes[name])
        except OPEN:
            continue
    return found


def _no_snapshot(client, volume, step, known):
    if not luns.in_snapshot(step.source_path) or volume.uuid not in known:
        return None
    snapshot = _inside(step.source_path).split("/")[1]
    if snapshot in known[volume.uuid]:
        return None
    return NotFound(
        f"The snapshot {snapshot!r} of the source_path {step.source_path!r} does not exist in {volume}",
        client.host,
        "name an existing snapshot, as /vol/VOLUME/.snapshot/NAME/LUN",
        code="5374875",
    )


def _refuse_space(client, volumes, steps):
    """Refuse copies into a FlexVol that has no room for their used bytes and does not grow by itself.

    Room that unfinished copies take is counted as free: they are gone on with, or removed before.
    """
    needed, freed = {}, {}
    for step in steps:
        if _copies(step):
            name = luns.volume_of(step.destination_path, "name")
            needed[name] = needed.get(name, 0) + step.source.takes
    for lun in _unfinished(steps):
        name = luns.volume_of(lun.name, "name")
        freed[name] = freed.get(name, 0) + (lun.used or 0)
    return [_without_room(client, volumes, step, needed, freed) or step for step in steps]


def _copies(step):
    return _changes(step) and step.method == "copy"


def _unfinished(steps):
    """The unfinished copies of all steps, each once."""
    found = {}
    for step in steps:
        if not isinstance(step, EnhancedInstanceError):
            found.update({lun.uuid: lun for lun in (*step.leftovers, step.unfinished) if lun is not None})
    return found.values()


def _without_room(client, volumes, step, needed, freed):
    if not _copies(step):
        return None
    name = luns.volume_of(step.destination_path, "name")
    volume = volumes[name]
    room = volume.available + freed.get(name, 0)
    if volume.autosize != "off" or needed[name] <= room:
        return None
    return Refused(
        f"The FlexVol {volume} has {room} bytes free, and the copies into it need {needed[name]}",
        client.host,
        "enlarge it, switch autosize on, or remove what is not needed",
        code="917883",
    )
