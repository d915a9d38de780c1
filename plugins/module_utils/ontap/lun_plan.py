# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many LUN clones and copies: what is wanted, what is there, what has to be done. Changes nothing."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass

from ..failures import EnhancedInstanceError, NotFound, WrongInput
from . import licences, lun_places, luns, transfer, volumes


@dataclass(frozen=True)
class Step:
    """One LUN as it will be made. ``unfinished`` is our copy that an earlier run began, ``leftovers`` are
    copies for the same destination that nobody needs."""

    source_path: str
    destination_path: str
    method: str
    source: luns.Lun | None = None
    existing: luns.Lun | None = None
    unfinished: luns.Lun | None = None
    leftovers: tuple = ()

    @property
    def changes(self):
        """Whether the destination has to be made."""
        return self.existing is None

    @property
    def temporary(self):
        """The name while data is copied."""
        return temporary(self.source_path, self.destination_path)

    @property
    def goes_on(self):
        """Whether the unfinished LUN is a copy of our source that is under way or known to be complete."""
        lun = self.unfinished
        return (
            lun is not None
            and lun.copy_source == self.source_path
            and lun.copy_state in (*luns.UNDER_WAY, "complete")
        )


def family(destination):
    """What the names of unfinished copies for one destination begin with, whatever the source."""
    return posixpath.join(posixpath.dirname(destination), f"{transfer.PREFIX}{_short(destination)}-")


def temporary(source, destination):
    """The name of an unfinished copy; the same in every run, so that the next one finds it."""
    return f"{family(destination)}{_short(source)}"


def _short(name):
    return hashlib.sha256(name.encode()).hexdigest()[:10]


def plan(client, svm, pairs):
    """Step, or the failure, for each pair of names; changes nothing.

    One request for all LUNs of the FlexVols, and when there is something to do one for the FlexVols, one for
    the version and those of lun_places.refuse(); when something has to be cloned, one for the licences.
    """
    wanted = _wanted(pairs)
    names = sorted({luns.volume_of(name, "name") for one in wanted if isinstance(one, tuple) for name in one})
    found = luns.list_luns(client, svm, names) if names else {}
    steps = [
        one if isinstance(one, EnhancedInstanceError) else _step(client, svm, one, found) for one in wanted
    ]
    doing = [step for step in steps if isinstance(step, Step) and step.changes]
    if doing:
        known = volumes.find_volumes(
            client, [(svm, luns.volume_of(s.destination_path, "name")) for s in doing]
        )
        client.require((9, 10, 1) if any(s.method == "copy" for s in doing) else (9, 6), "Making these LUNs")
        steps = lun_places.refuse(client, {name: volume for (_svm, name), volume in known.items()}, steps)
    sound = all(isinstance(step, Step) for step in steps)
    if sound and any(step.method == "clone" for step in doing):
        licences.require_flexclone(client)
    return steps


def _wanted(pairs):
    taken = set()
    found = []
    for source, destination in pairs:
        try:
            _refuse_pair(source, destination, taken)
        except WrongInput as failure:
            found.append(failure)
            continue
        taken.add(destination)
        found.append((source, destination))
    return [
        WrongInput(
            f"The source_path {one[0]!r} is also a destination_path of this task", cure="use two tasks"
        )
        if isinstance(one, tuple) and one[0] in taken
        else one
        for one in found
    ]


def _refuse_pair(source, destination, taken):
    same = luns.volume_of(source, "source_path") == luns.volume_of(destination, "destination_path")
    if source == destination:
        raise WrongInput(f"source_path and destination_path are both {source!r}", cure="choose another name")
    if destination in taken:
        raise WrongInput(f"The destination_path {destination!r} is given twice", cure="give it once")
    if luns.in_snapshot(destination):
        raise WrongInput(
            f"The destination_path {destination!r} lies in a snapshot, which is read-only",
            cure="choose a name outside .snapshot",
        )
    if posixpath.basename(destination).startswith(transfer.PREFIX):
        raise WrongInput(
            f"The name of {destination!r} begins with {transfer.PREFIX}, as unfinished copies do",
            cure="choose another name",
        )
    if luns.in_snapshot(source) and not same:
        raise WrongInput(
            f"The source_path {source!r} lies in a snapshot, from which a LUN can only be cloned",
            cure="clone it within its FlexVol first, then copy the clone",
            code="5374899",
        )


def _step(client, svm, pair, found):
    source, destination = pair
    same = luns.volume_of(source, "name") == luns.volume_of(destination, "name")
    existing = found.get(destination)
    unfinished = None if existing else found.get(temporary(source, destination))
    step = Step(
        source,
        destination,
        "clone" if same else "copy",
        found.get(source),
        existing,
        unfinished,
        _leftovers(found, destination, existing, unfinished),
    )
    if step.changes and step.source is None and not luns.in_snapshot(source):
        return NotFound(
            f"The source_path {source!r} does not exist in SVM {svm!r}",
            client.host,
            "name an existing LUN, whole, as /vol/VOLUME/LUN",
            code="5374875",
        )
    if step.changes and step.source is not None and step.source.copy_state in luns.UNDER_WAY:
        return WrongInput(
            f"The source_path {source!r} is itself a copy that is {step.source.copy_state}",
            client.host,
            "wait until its data is there",
        )
    return step


def _leftovers(found, destination, existing, unfinished):
    """Copies that can serve nobody: all of them once the destination is there, before that those that are not
    under way."""
    begin = family(destination)
    return tuple(
        lun
        for name, lun in sorted(found.items())
        if name.startswith(begin)
        and lun is not unfinished
        and (existing is not None or lun.copy_state not in luns.UNDER_WAY)
    )
