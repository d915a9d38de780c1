# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many LUN clones and copies: what is wanted, what is there, what has to be done, doing it.

Within a FlexVol a LUN is cloned. Between FlexVols it is copied by the array to the name
``eic-copy-<destination>-<source>`` (two short hashes) beside the destination, and renamed when all its data
is there, so the final name never has less. A copy that a killed run began is gone on with.
"""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass

from ..failures import AlreadyExists, EnhancedInstanceError, NotFound, TimedOut, WrongInput
from ..module import failed_record
from . import bulk, licences, luns, transfer, volumes


@dataclass(frozen=True)
class Step:
    """One LUN as it will be made."""

    source_path: str
    destination_path: str
    method: str
    source: luns.Lun | None = None
    existing: luns.Lun | None = None
    unfinished: luns.Lun | None = None

    @property
    def changes(self):
        """Whether the destination has to be made."""
        return self.existing is None

    @property
    def temporary(self):
        """The name while data is copied."""
        return temporary(self.source_path, self.destination_path)


def temporary(source, destination):
    """The name of an unfinished copy; the same in every run, so that the next one finds it."""
    short = "-".join(hashlib.sha256(name.encode()).hexdigest()[:10] for name in (destination, source))
    return posixpath.join(posixpath.dirname(destination), f"{transfer.PREFIX}{short}")


def plan(client, svm, pairs):
    """Step, or the failure, for each pair of names; changes nothing.

    One request for all LUNs of the FlexVols, and when there is something to do one for the FlexVols and one
    for the version; when something has to be cloned, one for the licences.
    """
    wanted = _wanted(pairs)
    names = sorted({luns.volume_of(name, "name") for one in wanted if isinstance(one, tuple) for name in one})
    found = luns.list_luns(client, svm, names) if names else {}
    steps = [
        one if isinstance(one, EnhancedInstanceError) else _step(client, svm, one, found) for one in wanted
    ]
    doing = [step for step in steps if isinstance(step, Step) and step.changes]
    if doing:
        volumes.find_volumes(client, [(svm, luns.volume_of(s.destination_path, "name")) for s in doing])
        client.require((9, 10, 1) if any(s.method == "copy" for s in doing) else (9, 6), "Making these LUNs")
    sound = all(isinstance(step, Step) for step in steps)
    if sound and any(step.method == "clone" for step in doing):
        licences.require_flexclone(client)
    return steps


def _wanted(pairs):
    taken = set()
    found = []
    for source, destination in pairs:
        try:
            same = luns.volume_of(source, "source_path") == luns.volume_of(destination, "destination_path")
            if source == destination:
                raise WrongInput(
                    f"source_path and destination_path are both {source!r}", cure="choose another name"
                )
            if destination in taken:
                raise WrongInput(f"The destination_path {destination!r} is given twice", cure="give it once")
            if luns.in_snapshot(destination):
                raise WrongInput(
                    f"The destination_path {destination!r} lies in a snapshot, which is read-only",
                    cure="choose a name outside .snapshot",
                )
            if luns.in_snapshot(source) and not same:
                raise WrongInput(
                    f"The source_path {source!r} lies in a snapshot, from which a LUN can only be cloned",
                    cure="clone it within its FlexVol first, then copy the clone",
                    code="5374899",
                )
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


def _step(client, svm, pair, found):
    source, destination = pair
    same = luns.volume_of(source, "name") == luns.volume_of(destination, "name")
    step = Step(
        source,
        destination,
        "clone" if same else "copy",
        found.get(source),
        found.get(destination),
        found.get(temporary(source, destination)),
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


def run(client, svm, steps, reserved=None, max_throughput=0, concurrency=4, timeout=3600):
    """Do the steps; one outcome (a record, or the failure) for each."""

    def one(step):
        if isinstance(step, EnhancedInstanceError):
            raise step
        started = client.clock()
        if not step.changes:
            lun = luns.wait_copied(client, step.existing, timeout)
            return record(step, False, lun)
        if step.method == "clone":
            done = luns.clone_lun(client, svm, step.source_path, step.destination_path, reserved, timeout)
            lun = luns.find_lun(client, svm, step.destination_path)
        else:
            done, lun = _copy(client, svm, step, reserved, max_throughput, timeout)
        client.report(f"{step.destination_path}: {step.method} done")
        return record(step, True, lun, done, client.clock() - started)

    return bulk.run_bounded(steps, one, concurrency, [client])


def _copy(client, svm, step, reserved, max_throughput, timeout):
    """Copy under the temporary name, or go on with what a killed run began; then rename."""
    lun, done = step.unfinished, None
    if lun is not None and not _goes_on(lun, step):
        luns.delete_lun(client, lun)
        lun = None
    if lun is None:
        try:
            done = luns.start_copy(client, svm, step.source_path, step.temporary, max_throughput)
        except AlreadyExists:
            client.report(f"{step.destination_path}: another run has begun the same copy")
        lun = luns.find_lun(client, svm, step.temporary)
        if lun is None:
            return done, _published(client, svm, step)
    try:
        lun = luns.wait_copied(client, lun, timeout)
        luns.check_size(client, lun, step.source.size)
    except TimedOut:
        raise
    except EnhancedInstanceError:
        _forget(client, lun)
        raise
    if reserved is not None and lun.reserved != reserved:
        luns.set_reserved(client, lun, reserved)
    try:
        luns.rename_lun(client, lun, step.destination_path)
    except NotFound:
        return done, _published(client, svm, step)
    except AlreadyExists:
        _forget(client, lun)
        raise
    return done, lun


def _published(client, svm, step):
    """The destination, when another run for the same source and destination was first to publish it."""
    lun = luns.find_lun(client, svm, step.destination_path)
    if lun is None:
        raise NotFound(
            f"The unfinished copy {step.temporary!r} was removed by somebody else",
            client.host,
            "run the task again",
        )
    return lun


def _goes_on(lun, step):
    """Whether a LUN under the temporary name is a copy of our source that is under way or known to be
    complete."""
    return lun.copy_source == step.source_path and lun.copy_state in (*luns.UNDER_WAY, "complete")


def _forget(client, lun):
    try:
        luns.delete_lun(client, lun)
    except EnhancedInstanceError as failure:
        client.report(f"the unfinished copy {lun.name} could not be removed: {failure.sentence}")


def perform(client, svm, pairs, reserved=None, max_throughput=0, concurrency=4, timeout=3600, check=False):
    """The whole of ontap_lun_clone: ``(records, diff)``. With a wrong pair among them nothing is changed."""
    steps = plan(client, svm, pairs)
    if any(isinstance(step, EnhancedInstanceError) for step in steps):
        outcomes = [
            s if isinstance(s, EnhancedInstanceError) else record(s, False, s.existing) for s in steps
        ]
    elif check:
        outcomes = [record(step, step.changes, step.existing) for step in steps]
    else:
        outcomes = run(client, svm, steps, reserved, max_throughput, concurrency, timeout)
    return records_of(pairs, outcomes), diff(steps, outcomes)


def records_of(pairs, outcomes):
    """The records of a result: what was asked for, with its outcome."""
    records = []
    for (source, destination), outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError):
            empty = dict.fromkeys(("method", "uuid", "job_uuid", "bytes", "seconds"))
            outcome = {**empty, **failed_record(outcome)}
        records.append({**outcome, "source_path": source, "destination_path": destination})
    return records


def diff(steps, outcomes):
    """Before and after of the LUNs that are, or would be, made."""
    before, after = {}, {}
    for step, outcome in zip(steps, outcomes, strict=True):
        if not isinstance(outcome, EnhancedInstanceError) and outcome["changed"]:
            size = f", {step.source.size} bytes" if step.source else ""
            before[step.destination_path] = "absent"
            after[step.destination_path] = f"{step.method} of {step.source_path}{size}"
    return {"before": before, "after": after}


def record(step, changed, lun=None, done=None, seconds=None):
    """What a result says of one LUN."""
    size = lun.size if lun else (step.source.size if step.source else None)
    return {
        "method": step.method,
        "changed": changed,
        "failed": False,
        "failure": None,
        "uuid": lun.uuid if lun else None,
        "job_uuid": done.job_uuid if done else None,
        "bytes": size,
        "seconds": None if seconds is None else round(seconds, 3),
    }
