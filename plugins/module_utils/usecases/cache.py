# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache entries on FlexVols: present or absent, in bulk.

The image's own FlexVol comes first, because a hit on any share of a backend makes Cinder's driver skip its
own clone from Glance; then the copies, in parallel.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..failures import EnhancedInstanceError, Refused
from ..planner import entry_step as steps
from ..planner.entry_rules import owner_fault
from ..planner.facts import COPY_OFFLOAD, DOWNLOAD, IMAGE_CLONE
from ..planner.names import cache_entry_name, mount_directory, stage_name
from ..planner.sizes import entry_fault, human
from .plan import count_paths, entry_record, junction_warnings, path_record


@dataclass(frozen=True)
class Options:
    concurrency: int = 4
    download: str = "warn"
    max_throughput: int = 0
    timeout: int = 3600
    check_mode: bool = False


class Work:
    """One image on one FlexVol: what to do, and its record."""

    def __init__(self, scene, image, pool):
        self.image, self.pool, self.flexvol = image, pool, pool.flexvol
        self.decision = scene.decision(image, pool)
        self.entry, self.staged = scene.entry(image, pool), scene.staged(image, pool)
        self.staged_before = self.staged
        self.wanted = scene.wanted
        self.step = steps.next_step(image, self.entry, self.staged, self.decision, scene.wanted)
        self.record = dict(
            path_record(scene, image, pool),
            action=self.step.action,
            changed=False,
            failed=False,
            failure=None,
            bytes=None,
            seconds=None,
        )
        self.awaits_owner = False
        self.published = False

    def fail(self, failure):
        self.record.update(failed=True, failure=failure.as_dict(), msg=failure.sentence)

    @property
    def label(self):
        where = self.flexvol.name if self.flexvol else self.pool.name
        return f"{self.image.name} on {where}"


def prime(scene, arrays, options, progress):
    """Make the entries; returns the module's result without ``requests``."""
    works = _works(scene)
    for work in works:
        if work.step.action == steps.IMPOSSIBLE and options.download == "refuse":
            work.fail(_refusal(work))
    if options.check_mode:
        for work in works:
            work.record["changed"] = work.step.changes and not work.record["failed"]
            work.awaits_owner = work.step.action == steps.AWAIT_OWNER
    else:
        active = [work for work in works if not work.record["failed"] and work.step.action != steps.KEEP]
        first = [
            work for work in active if work.decision.path != COPY_OFFLOAD or work.step.action in _BY_CLONE
        ]
        for group in (first, [work for work in active if work not in first]):
            _run(group, arrays, options, progress)
    return _result(scene, works, options)


# Steps that only clone or delete, whatever path brought the staged file.
_BY_CLONE = (steps.TIDY, steps.PUBLISH, steps.AWAIT_OWNER)


def remove(scene, arrays, options, progress):
    """Take entries, staged files and leftovers of the images away."""
    works = _works(scene)
    for work in works:
        work.doomed = sorted(
            name
            for uuid, name in scene.root_files
            if work.flexvol and uuid == work.flexvol.uuid and name in _names_of(scene, work)
        )
        work.record.update(action="remove" if work.doomed else steps.KEEP, reasons=[], cures=[], path=None)

    def one(work):
        for name in work.doomed:
            if not options.check_mode:
                arrays.delete(work.flexvol, name)
        work.record.update(changed=bool(work.doomed), entry=None)
        if work.doomed:
            progress.line(f"{work.label}: {', '.join(work.doomed)} removed")

    _collect(works, arrays.in_parallel(works, one, options.concurrency))
    return _result(scene, works, options, absent=True)


def _names_of(scene, work):
    """Names of root files that belong to this image: its entry, its staged file, unfinished copies of
    either.
    """
    own = {cache_entry_name(work.image.id), stage_name(work.image.id)}
    unfinished = {name for _uuid, name in scene.root_files if name.startswith("eic-copy-")}
    # An unfinished copy is named by a hash; with several images it is left to the copy that it belongs to.
    return own | unfinished if len(scene.images) == 1 else own


def _works(scene):
    """One piece of work per image and FlexVol: two pools over one FlexVol (two LIFs) share their cache."""
    works, seen = [], set()
    for image in scene.images:
        for pool in scene.pools:
            key = (image.id, pool.flexvol.uuid if pool.flexvol else pool.name)
            if key not in seen:
                seen.add(key)
                works.append(Work(scene, image, pool))
    return works


def _run(works, arrays, options, progress):
    def one(work):
        started = time.monotonic()
        _act(work, arrays, options)
        work.record["seconds"] = round(time.monotonic() - started, 2)
        progress.line(_line(work))

    _collect(works, arrays.in_parallel(works, one, options.concurrency))
    for work in works:
        if work.record["failed"]:
            progress.line(f"{work.label}: {work.record['msg']}")


def _collect(works, results):
    for work, result in zip(works, results, strict=False):
        if isinstance(result, EnhancedInstanceError):
            work.fail(result)


def _act(work, arrays, options):
    """Do the step; what follows from it at once (a staged file that needs no owner) too."""
    step, flexvol = work.step, work.flexvol
    stage, entry = stage_name(work.image.id), cache_entry_name(work.image.id)
    if step.action == steps.IMPOSSIBLE:
        return
    if step.action == steps.TIDY:
        arrays.delete(flexvol, stage)
        work.record["changed"] = True
        return
    if step.discard_staged:
        arrays.delete(flexvol, stage)
    if step.action == steps.MAKE:
        _bring(work, arrays, options, entry, overwrite=step.replaces)
        _confirm(work, arrays, entry)
        work.record["changed"] = True
        return
    if step.action == steps.STAGE:
        _bring(work, arrays, options, stage)
        work.record["changed"] = True
        work.staged = arrays.look(flexvol, stage)
    if work.staged is None or entry_fault(work.staged, work.image):
        raise Refused(
            f"The staged file {stage} in FlexVol {flexvol.name} is not the image's content",
            flexvol.svm,
            "run the task again; nothing was published",
        )
    if owner_fault(work.staged, work.wanted):
        work.awaits_owner = True
        return
    _publish(work, arrays, stage, entry)


def _bring(work, arrays, options, name, overwrite=False):
    """The image's bytes under ``name``: by FlexClone in the same FlexVol, by a copy inside the cluster from
    another.
    """
    source = work.decision.source
    work.record["bytes"] = source.size
    if work.decision.path == IMAGE_CLONE:
        arrays.clone(work.flexvol, source.path, name, overwrite=overwrite)
    else:
        arrays.copy(
            source.flexvol,
            source.path,
            work.flexvol,
            name,
            overwrite=overwrite,
            max_throughput=options.max_throughput,
            timeout=options.timeout,
        )


def _publish(work, arrays, stage, entry):
    """Clone the staged file to the entry's name, look, and delete the staged file.

    Another run may have published the same content meanwhile: then its entry stands and this is no failure.
    """
    try:
        arrays.clone(work.flexvol, stage, entry, overwrite=work.step.replaces)
    except EnhancedInstanceError:
        there = arrays.look(work.flexvol, entry)
        if there is None or entry_fault(there, work.image) or owner_fault(there, work.wanted):
            raise
    _confirm(work, arrays, entry)
    arrays.delete(work.flexvol, stage)
    work.record["changed"] = True


def _confirm(work, arrays, entry):
    found = arrays.look(work.flexvol, entry)
    fault = (
        "it is not there"
        if found is None
        else entry_fault(found, work.image) or owner_fault(found, work.wanted)
    )
    if fault:
        raise Refused(
            f"The entry {entry} in FlexVol {work.flexvol.name} did not become right: {fault}",
            work.flexvol.svm,
            "run the task again; what verify tells of this cluster may explain it",
        )
    work.published = True
    work.record["entry"] = entry_record(found)


def _refusal(work):
    reasons = " ".join(work.decision.reasons) or "No better path is known."
    return Refused(
        f"Cinder would download image {work.image.name} into pool {work.pool.name}, and download is refuse: "
        f"{reasons}",
        cure=" ".join(work.decision.cures) or None,
    )


def _line(work):
    said = {
        steps.MAKE: "entry made by " + work.decision.path,
        steps.STAGE: "staged by " + work.decision.path,
        steps.PUBLISH: "published",
        steps.TIDY: "leftover removed",
        steps.IMPOSSIBLE: "would be downloaded",
        steps.AWAIT_OWNER: "staged",
    }[work.step.action]
    if work.awaits_owner:
        said += ", waits for its owner"
    elif work.step.action == steps.STAGE:
        said += " and published"
    size = f", {human(work.record['bytes'])}" if work.record["bytes"] else ""
    return f"{work.label}: {said}{size} ({work.record['seconds']} s)"


def _staged(work):
    """What a Cinder host needs to give the staged file its owner."""
    return {
        "pool": work.pool.name,
        "share": work.pool.share,
        "directory": mount_directory(work.pool.share),
        "file": stage_name(work.image.id),
        "image_id": work.image.id,
        "flexvol": work.flexvol.name,
        "svm": work.flexvol.svm,
        "uid": work.wanted.owner_uid,
        "gid": work.wanted.owner_gid,
        "mode": work.wanted.mode,
    }


def _result(scene, works, options, absent=False):
    records = [work.record for work in works]
    failed = [one for one in records if one["failed"]]
    downloads = [work for work in works if work.decision.path == DOWNLOAD and not work.record["failed"]]
    warnings = list(scene.warnings) + junction_warnings(scene.pools)
    if not absent and options.download == "warn":
        warnings += [
            f"Cinder will download image {work.image.name} into pool {work.pool.name}: "
            + " ".join(work.decision.reasons + work.decision.cures)
            for work in downloads
        ]
    result = {
        "changed": any(one["changed"] for one in records),
        "entries": records,
        "staged": [] if absent else [_staged(work) for work in works if work.awaits_owner],
        "summary": dict(
            count_paths(records),
            changed=sum(1 for one in records if one["changed"]),
            failed=len(failed),
            staged=sum(1 for work in works if work.awaits_owner),
        ),
        "warnings": warnings,
        "diff": _diff(works, absent),
    }
    if failed:
        result.update(
            failed=True,
            failure=failed[0]["failure"],
            msg=f"{len(failed)} of {len(records)} cache entries failed; the first is {failed[0]['image']} on "
            f"{failed[0]['flexvol'] or failed[0]['pool']}: {failed[0]['msg']}",
        )
    return result


def _diff(works, absent):
    """Files in FlexVol roots before and after, one per line; a staged file counts as what it is."""
    before, after = set(), set()
    for work in works:
        if not work.flexvol:
            continue
        stage, entry = stage_name(work.image.id), cache_entry_name(work.image.id)
        place = f"{work.flexvol.svm}:{work.flexvol.name}/"
        had = {name for name, file in ((entry, work.entry), (stage, work.staged_before)) if file is not None}
        before |= {place + name for name in had}
        has = set(had)
        if work.record["changed"]:
            if absent:
                has = set()
            elif work.step.action == steps.STAGE:
                has = {entry} if work.published else has | {stage}
            elif work.step.action in (steps.MAKE, steps.PUBLISH):
                has = {entry}
            else:
                has.discard(stage)
        after |= {place + name for name in has}
    return {
        "before": "".join(f"{one}\n" for one in sorted(before)),
        "after": "".join(f"{one}\n" for one in sorted(after)),
    }
