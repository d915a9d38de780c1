# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many FlexClone files of one FlexVol: what is wanted, what is there, what has to be done, doing it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ..failures import AlreadyExists, EnhancedInstanceError, NotFound, Refused, Unsupported, WrongInput
from ..module import failed_record
from . import bulk, errors, files, licences, volumes


@dataclass(frozen=True)
class Wanted:
    """One clone as it was asked for, paths clean."""

    source: str
    destination: str


@dataclass(frozen=True)
class Step:
    """One clone as it will be done: ``source`` is None when the destination stays as it is."""

    wanted: Wanted
    source: files.FileInfo | None
    existing: files.FileInfo | None

    @property
    def changes(self):
        """Whether there is something to do."""
        return self.source is not None


def wanted_of(pairs):
    """Wanted, or the failure, for each pair (source path, destination path) of the arguments."""
    taken = {}
    found = []
    for source, destination in pairs:
        try:
            wanted = Wanted(files.clean(source, "source_path"), files.clean(destination, "destination_path"))
            _refuse_pair(wanted)
            if wanted.destination in taken:
                raise WrongInput(
                    f"The destination_path {wanted.destination!r} is given twice",
                    cure="give each destination once",
                )
        except WrongInput as failure:
            found.append(failure)
            continue
        taken[wanted.destination] = wanted
        found.append(wanted)
    for number, wanted in enumerate(found):
        if isinstance(wanted, Wanted) and wanted.source in taken:
            found[number] = WrongInput(
                f"The source_path {wanted.source!r} is also a destination_path of this task",
                cure="make it by a task of its own, before this one",
            )
    return found


def _refuse_pair(wanted):
    if files.in_snapshot(wanted.destination):
        raise WrongInput(
            f"The destination_path {wanted.destination!r} lies in a snapshot, which is read-only",
            cure="choose a path outside .snapshot",
            code="131102",
        )
    if wanted.source == wanted.destination:
        raise WrongInput(
            f"The source_path and destination_path are both {wanted.source!r}",
            cure="give the clone another path",
        )


def plan(client, volume, pairs, overwrite=False, autodelete=None):
    """Step, or the failure, for each pair; changes nothing.

    One request per directory with more than two names (listing), else one per name; one more per directory
    that new files go into, and when there is something to do one for ONTAP's version and one for licences.
    """
    wanted = wanted_of(pairs)
    good = [one for one in wanted if isinstance(one, Wanted)]
    there = files.lookup(client, volume, [one.destination for one in good])
    open_ = [one for one in good if overwrite or there[one.destination] is None]
    if open_:
        refuse_volume(client, volume, autodelete)
    sources = files.lookup(client, volume, [one.source for one in open_])
    absent = missing_directories(
        client, volume, [one.destination for one in open_ if not there[one.destination]]
    )
    steps = []
    for one in wanted:
        if isinstance(one, EnhancedInstanceError):
            steps.append(one)
            continue
        try:
            steps.append(_step(client, volume, one, there[one.destination], sources, absent, overwrite))
        except EnhancedInstanceError as failure:
            steps.append(failure)
    if open_ and all(isinstance(step, Step) for step in steps):
        licences.require_flexclone(client)
    return steps


def _step(client, volume, wanted, existing, sources, absent, overwrite):
    if existing is not None and existing.type != "file":
        raise WrongInput(
            f"The destination_path {wanted.destination!r} in {volume} is a {existing.type}, not a file",
            client.host,
            "give the path of the new file, with its name",
        )
    if existing is not None and not overwrite:
        return Step(wanted, None, existing)
    directory = posixpath.dirname(wanted.destination)
    if directory in absent:
        raise absent[directory]
    return Step(
        wanted, require_file(client, volume, wanted.source, sources[wanted.source], "source_path"), existing
    )


def require_file(client, volume, path, info, purpose):
    """The FileInfo of a path that has to be a plain file; raises for anything else."""
    if info is None:
        raise NotFound(
            f"The {purpose} {path!r} does not exist in {volume}",
            client.host,
            "name an existing file, relative to the root of the FlexVol",
            code=errors.NO_SUCH_FILE,
        )
    if info.type != "file":
        cure = "use ontap_lun_clone for it" if info.type == "lun" else "name a plain file"
        raise WrongInput(
            f"The {purpose} {path!r} in {volume} is a {info.type}, not a file", client.host, cure
        )
    return info


def missing_directories(client, volume, paths):
    """``{directory: failure}`` of the directories that the paths need and that are not there."""
    absent = {}
    for directory in sorted({posixpath.dirname(path) for path in paths} - {""}):
        info = files.file_info(client, volume, directory)
        if info is None:
            absent[directory] = NotFound(
                f"The directory {directory!r} of the destination does not exist in {volume}",
                client.host,
                "make it first, with ontap_directory",
                code=errors.NO_SUCH_FILE,
            )
        elif info.type != "directory":
            absent[directory] = WrongInput(
                f"The directory {directory!r} of the destination is a {info.type} in {volume}",
                client.host,
                "choose a path below a directory",
            )
    return absent


def refuse_volume(client, volume, autodelete=None):
    """Raise for a volume in which files cannot be cloned, before anything is changed."""
    client.require((9, 8), "Cloning files with a look at what is there")
    if volume.type != "rw":
        raise Unsupported(
            f"The volume {volume} is of type {volume.type}, which is read-only",
            client.host,
            "choose a FlexVol of type rw",
            code="131102",
        )
    if volume.style != "flexvol":
        client.require((9, 14), f"Cloning files in {volume}, a {volume.style},")
        if autodelete is not None:
            raise Unsupported(
                f"The volume {volume} is a {volume.style}, for which autodelete cannot be set",
                client.host,
                errors.CURES["13565998"],
                code="13565998",
            )


def run(client, volume, steps, overwrite=False, autodelete=None, concurrency=8, timeout=600):
    """Do the steps, and return one record for each; two requests per clone."""

    def one(step):
        if isinstance(step, EnhancedInstanceError):
            raise step
        if not step.changes:
            return _record(step.wanted, False)
        try:
            done = files.clone_file(
                client, volume, step.wanted.source, step.wanted.destination, overwrite, autodelete, timeout
            )
        except (AlreadyExists, Refused):
            if overwrite or files.file_info(client, volume, step.wanted.destination) is None:
                raise
            return _record(step.wanted, False)  # somebody else made it meanwhile: left alone like any other
        client.report(f"{volume}/{step.wanted.destination}: cloned")
        return _record(step.wanted, True, done, step.source.size)

    return bulk.run_bounded(steps, one, concurrency, [client])


def records_of(pairs, outcomes):
    """The records of a result: what was asked for, with its outcome."""
    records = []
    for (source, destination), outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError):
            outcome = {"job_uuid": None, "bytes": None, "seconds": None, **failed_record(outcome)}
        records.append({**outcome, "source_path": source, "destination_path": destination})
    return records


def foresee(steps):
    """The outcomes in check mode: what run() would return, with nothing done."""
    return [
        step
        if isinstance(step, EnhancedInstanceError)
        else _record(step.wanted, step.changes, size=step.source.size if step.changes else None)
        for step in steps
    ]


def diff(steps, outcomes):
    """Before and after of the files that are, or would be, changed."""
    before, after = {}, {}
    for step, outcome in zip(steps, outcomes, strict=True):
        if isinstance(outcome, EnhancedInstanceError) or not outcome["changed"]:
            continue
        path = step.wanted.destination
        before[path] = f"file of {step.existing.size} bytes" if step.existing else "absent"
        after[path] = f"clone of {step.wanted.source}, {step.source.size} bytes"
    return {"before": before, "after": after}


def perform(
    client, vserver, name, pairs, overwrite=False, autodelete=None, concurrency=8, timeout=600, check=False
):
    """The whole of ontap_file_clone: ``(records, diff)``. With a wrong pair among them nothing is changed."""
    volume = volumes.find_volume(client, vserver, name)
    steps = plan(client, volume, pairs, overwrite, autodelete)
    wrong = any(isinstance(step, EnhancedInstanceError) for step in steps)
    if wrong:
        outcomes = [
            step if isinstance(step, EnhancedInstanceError) else _record(step.wanted, False) for step in steps
        ]
    elif check:
        outcomes = foresee(steps)
    else:
        outcomes = run(client, volume, steps, overwrite, autodelete, concurrency, timeout)
    return records_of(pairs, outcomes), diff(steps, outcomes)


def _record(wanted, changed, done=None, size=None):
    return {
        "source_path": wanted.source,
        "destination_path": wanted.destination,
        "changed": changed,
        "failed": False,
        "failure": None,
        "job_uuid": done.job_uuid if done else None,
        "bytes": size,
        "seconds": round(done.seconds, 3) if done else None,
    }
