# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many LUN clones and copies: doing what lun_plan found, and what a result says of it.

Within a FlexVol a LUN is cloned. Between FlexVols it is copied by the array to the name
``eic-copy-<destination>-<source>`` (two short hashes) beside the destination, and renamed when all its data
is there, so the final name never has less. A copy that a killed run began is gone on with, so two runs may
work at one LUN: it is deleted only while it has its temporary name.
"""

from __future__ import annotations

from ..failures import AlreadyExists, EnhancedInstanceError, NotFound, TimedOut, Unreachable
from ..module import failed_record
from . import bulk, luns
from .lun_plan import plan, temporary

__all__ = ["diff", "perform", "plan", "record", "records_of", "run", "temporary"]


def run(client, svm, steps, reserved=None, max_throughput=0, concurrency=4, timeout=3600):
    """Do the steps; one outcome (a record, or the failure) for each."""

    def one(step):
        if isinstance(step, EnhancedInstanceError):
            raise step
        started = client.clock()
        removed = [lun.name for lun in step.leftovers if luns.delete_still_named(client, lun)]
        if not step.changes:
            lun = luns.wait_copied(client, step.existing, timeout)
            return record(step, False, lun, removed=removed)
        if step.method == "clone":
            done, lun, changed = _clone(client, svm, step, reserved, timeout)
        else:
            done, lun, changed = _copy(client, svm, step, reserved, max_throughput, timeout)
        client.report(f"{step.destination_path}: {step.method + ' done' if changed else 'already there'}")
        seconds = client.clock() - started if changed else None
        return record(step, changed, lun, done, seconds, removed)

    return bulk.run_bounded(steps, one, concurrency, [client])


def _clone(client, svm, step, reserved, timeout):
    """(Done, Lun, whether it was made here)."""
    try:
        done = luns.clone_lun(client, svm, step.source_path, step.destination_path, reserved, timeout)
    except AlreadyExists as taken:
        return None, _made_meanwhile(client, svm, step, timeout, taken), False
    return done, luns.find_lun(client, svm, step.destination_path), True


def _copy(client, svm, step, reserved, max_throughput, timeout):
    """Copy under the temporary name, or go on with what a killed run began; then rename.

    (Done, Lun, whether it was published here).
    """
    done, lun = None, step.unfinished
    try:
        if not step.goes_on:
            done, lun = _begin(client, svm, step, max_throughput)
        if lun is not None:
            lun = luns.wait_copied(client, lun, timeout)
            if lun.name == step.destination_path:
                return done, lun, False
            luns.check_size(client, lun, step.source.size)
            if reserved is not None and lun.reserved != reserved:
                luns.set_reserved(client, lun, reserved)
            luns.rename_lun(client, lun, step.destination_path)
            return done, lun, True
        failure = _lost(client, step)
    except (TimedOut, Unreachable) as open_end:  # the copy may go on: leave it its LUN
        also = f"the next run goes on with the copy {step.temporary!r}"
        open_end.cure = f"{open_end.cure}; {also}" if open_end.cure else also
        raise
    except (AlreadyExists, NotFound) as refusal:
        ours = lun is None or _forget(client, lun)
        failure = refusal if ours or isinstance(refusal, AlreadyExists) else _lost(client, step)
    except EnhancedInstanceError:
        if lun is not None:
            _forget(client, lun)
        raise
    return done, _made_meanwhile(client, svm, step, timeout, failure), False


def _begin(client, svm, step, max_throughput):
    """(Done, Lun) of a copy that is started; no Lun when another run has begun and ended it meanwhile."""
    done = None
    if step.unfinished is not None:
        luns.delete_still_named(client, step.unfinished)
    try:
        done = luns.start_copy(client, svm, step.source_path, step.temporary, max_throughput)
    except AlreadyExists:
        client.report(f"{step.destination_path}: another run has begun the same copy")
    return done, luns.find_lun(client, svm, step.temporary)


def _made_meanwhile(client, svm, step, timeout, failure):
    """The destination, when another run made what is wanted; raises ``failure`` when there is no LUN, and
    AlreadyExists when it is another one."""
    lun = luns.find_lun(client, svm, step.destination_path)
    if lun is None:
        failure.cure = failure.cure or "choose another destination_path, or remove what has this name"
        raise failure
    if step.source is not None and lun.size != step.source.size:
        raise AlreadyExists(
            f"Meanwhile somebody else made the LUN {step.destination_path!r} with {lun.size} bytes, "
            f"not {step.source.size}",
            client.host,
            "look at that LUN, and choose another destination_path or remove it",
            code=failure.code,
        )
    return luns.wait_copied(client, lun, timeout)


def _lost(client, step):
    return NotFound(
        f"The unfinished copy {step.temporary!r} was removed by somebody else",
        client.host,
        "run the task again",
    )


def _forget(client, lun):
    """Delete an unfinished copy; what prevents it must not hide the failure that is being told."""
    try:
        return luns.delete_still_named(client, lun)
    except EnhancedInstanceError as failure:
        client.report(f"the unfinished copy {lun.name} could not be removed: {failure.sentence}")
        return False


def perform(client, svm, pairs, reserved=None, max_throughput=0, concurrency=4, timeout=3600, check=False):
    """The whole of ontap_lun_clone: ``(records, diff)``. With a wrong pair among them nothing is changed."""
    steps = plan(client, svm, pairs)
    if any(isinstance(step, EnhancedInstanceError) for step in steps):
        outcomes = [
            s if isinstance(s, EnhancedInstanceError) else record(s, False, s.existing) for s in steps
        ]
    elif check:
        outcomes = [
            record(step, step.changes, step.existing, removed=[lun.name for lun in step.leftovers])
            for step in steps
        ]
    else:
        outcomes = run(client, svm, steps, reserved, max_throughput, concurrency, timeout)
    return records_of(pairs, outcomes), diff(steps, outcomes)


def records_of(pairs, outcomes):
    """The records of a result: what was asked for, with its outcome."""
    records = []
    for (source, destination), outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError):
            empty = dict.fromkeys(("method", "uuid", "job_uuid", "bytes", "seconds"))
            outcome = {**empty, "removed": [], **failed_record(outcome)}
        records.append({**outcome, "source_path": source, "destination_path": destination})
    return records


def diff(steps, outcomes):
    """Before and after of the LUNs that are, or would be, made or removed."""
    before, after = {}, {}
    for step, outcome in zip(steps, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError):
            continue
        for leftover in outcome["removed"]:
            before[leftover], after[leftover] = "unfinished copy of an earlier run", "absent"
        if outcome["changed"] and step.changes and _made(outcome):
            size = f", {step.source.size} bytes" if step.source else ""
            before[step.destination_path] = "absent"
            after[step.destination_path] = f"{step.method} of {step.source_path}{size}"
    return {"before": before, "after": after}


def _made(outcome):
    """Whether the LUN was made here, or would be: then it has no UUID yet."""
    return outcome["seconds"] is not None or outcome["uuid"] is None


def record(step, made, lun=None, done=None, seconds=None, removed=()):
    """What a result says of one LUN."""
    size = lun.size if lun else (step.source.size if step.source else None)
    return {
        "method": step.method,
        "changed": made or bool(removed),
        "failed": False,
        "failure": None,
        "uuid": lun.uuid if lun else None,
        "job_uuid": done.job_uuid if done else None,
        "bytes": size,
        "seconds": None if seconds is None else round(seconds, 3),
        "removed": list(removed),
    }
