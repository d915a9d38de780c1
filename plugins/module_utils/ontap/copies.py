# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many files copied inside a cluster: doing what copy_plan found, and what a result says of it."""

from __future__ import annotations

from ..failures import EnhancedInstanceError
from ..module import failed_record
from . import bulk, transfer, volumes
from .copy_plan import peerings_needed, plan


def run(client, steps, overwrite=False, max_throughput=0, concurrency=4, timeout=3600, samples=0):
    """Do the steps; one outcome (a record, or the failure) for each."""

    def one(step):
        if isinstance(step, EnhancedInstanceError):
            raise step
        if not step.copies:
            return _record(step, transfer.remove(client, step.destination.volume, step.leftovers, timeout))
        published = transfer.safe_copy(
            client,
            step.source_end,
            step.destination,
            step.source,
            overwrite,
            max_throughput,
            timeout,
            step.leftovers,
            samples,
        )
        client.report(f"{step.destination}: {'copied' if published.copied else 'already there'}")
        return _record(step, published.removed, published.copied, published.done)

    return bulk.run_bounded(steps, one, concurrency, [client])


def perform(
    client,
    asked,
    overwrite=False,
    max_throughput=0,
    concurrency=4,
    timeout=3600,
    peer=False,
    samples=0,
    check=False,
):
    """The whole of ontap_file_copy: ``(records, peerings, diff)``. With a wrong record nothing is changed."""
    steps = plan(client, asked, overwrite)
    needed = []
    if any(isinstance(step, EnhancedInstanceError) for step in steps):
        outcomes = [step if isinstance(step, EnhancedInstanceError) else _record(step) for step in steps]
        return records_of(asked, outcomes), [], diff(steps, outcomes, [])
    needed = peerings_needed(client, steps, peer)
    if check:
        outcomes = [_foreseen(step) for step in steps]
    else:
        needed = [one for one in needed if volumes.allow_file_copy(client, *one)]
        outcomes = run(client, steps, overwrite, max_throughput, concurrency, timeout, samples)
    return records_of(asked, outcomes), [list(one[:2]) for one in needed], diff(steps, outcomes, needed)


def records_of(asked, outcomes):
    """The records of a result: what was asked for, with its outcome."""
    records = []
    for one, outcome in zip(asked, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError):
            outcome = {
                "job_uuid": None,
                "bytes": None,
                "seconds": None,
                "removed": [],
                **failed_record(outcome),
            }
        records.append({"source": dict(one["source"]), "destination": dict(one["destination"]), **outcome})
    return records


def diff(steps, outcomes, peerings):
    """Before and after of what is, or would be, changed."""
    before, after = {}, {}
    for svm, other, known in peerings:
        name = f"peering of {svm} and {other}"
        before[name] = ", ".join(known.applications) if known else "absent"
        after[name] = ", ".join(sorted({*(known.applications if known else ()), "file_copy"}))
    for step, outcome in zip(steps, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError) or not outcome["changed"]:
            continue
        if outcome["bytes"] is not None:
            path = str(step.destination)
            before[path] = f"file of {step.existing.size} bytes" if step.existing else "absent"
            after[path] = f"copy of {step.source_end}, {step.source.size} bytes"
        for leftover in outcome["removed"]:
            before[f"{step.destination.volume}/{leftover}"] = "unfinished copy of an earlier run"
            after[f"{step.destination.volume}/{leftover}"] = "absent"
    return {"before": before, "after": after}


def _record(step, removed=(), copied=False, done=None):
    return {
        "changed": copied or bool(removed),
        "failed": False,
        "failure": None,
        "job_uuid": done.job_uuid if done else None,
        "bytes": step.source.size if copied else None,
        "seconds": round(done.seconds, 3) if done and copied else None,
        "removed": list(removed),
    }


def _foreseen(step):
    """The record in check mode: what another run is about to remove itself counts as removed."""
    return _record(step, [leftover.path for leftover in step.leftovers], step.copies)
