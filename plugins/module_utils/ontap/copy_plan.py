# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many files copied inside a cluster: what is wanted, what is there, what has to be done. Changes nothing."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ..failures import EnhancedInstanceError, NotAuthorized, NotFound, Refused, Unsupported, WrongInput
from . import clones, errors, files, licences, transfer, volumes
from .client import literal

#: Longest query by names of a directory; beyond it the directory is listed whole.
NAMES_LENGTH = 1500


@dataclass(frozen=True)
class Step:
    """One copy as it will be done. ``source`` is None when the destination stays as it is."""

    source_end: transfer.End
    destination: transfer.End
    source: files.FileInfo | None
    existing: files.FileInfo | None
    leftovers: tuple = ()

    @property
    def copies(self):
        """Whether the file is copied."""
        return self.source is not None


def ends_of(asked):
    """(source, destination) as (svm, volume name, clean path), or the failure, for each record of the
    arguments."""
    found = []
    for one in asked:
        try:
            source = one["source"]
            destination = one["destination"]
            pair = (
                (source["vserver"], source["volume"], files.clean(source["path"], "source path")),
                (
                    destination.get("vserver") or source["vserver"],
                    destination["volume"],
                    files.clean(destination["path"], "destination path"),
                ),
            )
            _refuse_pair(*pair, [known[1] for known in found if isinstance(known, tuple)])
            found.append(pair)
        except WrongInput as failure:
            found.append(failure)
    destinations = {pair[1] for pair in found if isinstance(pair, tuple)}
    return [
        WrongInput(
            f"The source {_name(pair[0])} is also a destination of this task", cure="copy in two tasks"
        )
        if isinstance(pair, tuple) and pair[0] in destinations
        else pair
        for pair in found
    ]


def _refuse_pair(source, destination, taken):
    if source == destination:
        raise WrongInput(
            f"Source and destination are both {_name(source)}", cure="give the copy another place"
        )
    if files.in_snapshot(destination[2]):
        raise WrongInput(
            f"The destination path {destination[2]!r} lies in a snapshot, which is read-only",
            cure="choose a path outside .snapshot",
            code="131102",
        )
    if posixpath.basename(destination[2]).startswith(transfer.PREFIX):
        raise WrongInput(
            f"The name of {destination[2]!r} begins with {transfer.PREFIX}, as unfinished copies do",
            cure="choose another name",
        )
    if destination in taken:
        raise WrongInput(f"The destination {_name(destination)} is given twice", cure="give it once")


def _name(end):
    return f"{end[0]}:{end[1]}/{end[2]}"


def plan(client, asked, overwrite=False):
    """Step, or the failure, for each record; changes nothing.

    One request for all volumes and one for each directory of destinations; copies to be made add one for the
    version, at most two for each directory of sources, and one for each directory that is not a root.
    Existing destinations that are replaced add one for the licences: only a FlexClone can replace a file.
    """
    pairs = ends_of(asked)
    good = [pair for pair in pairs if isinstance(pair, tuple)]
    found = volumes.find_volumes(client, [end[:2] for pair in good for end in pair]) if good else {}
    ends = [
        tuple(transfer.End(found[end[:2]], end[2]) for end in pair) if isinstance(pair, tuple) else pair
        for pair in pairs
    ]
    good = [pair for pair in ends if isinstance(pair, tuple)]
    beside = _beside(client, [destination for _source, destination in good])
    open_ = [pair for pair in good if overwrite or _existing(beside, pair[1]) is None]
    if open_:
        client.require((9, 8), "Copying files inside the cluster")
    sources = _lookup(client, [source for source, _destination in open_])
    absent = _missing(client, [destination for _source, destination in open_])
    steps = []
    for pair in ends:
        if isinstance(pair, EnhancedInstanceError):
            steps.append(pair)
            continue
        try:
            steps.append(_step(client, pair, beside, sources, absent, overwrite))
        except EnhancedInstanceError as failure:
            steps.append(failure)
    steps = _refuse_space(client, steps)
    sound = all(isinstance(step, Step) for step in steps)
    if sound and any(step.copies and step.existing is not None for step in steps):
        licences.require_flexclone(client, "Replacing an existing file")
    return steps


def _step(client, pair, beside, sources, absent, overwrite):
    source, destination = pair
    existing = _existing(beside, destination)
    if existing is not None and existing.type != "file":
        raise WrongInput(
            f"The destination path {destination.path!r} in {destination.volume} is a {existing.type}, "
            "not a file",
            client.host,
            "give the path of the new file, with its name",
        )
    family = transfer.family(destination.path)
    leftovers = tuple(
        info for name, info in _directory(beside, destination).items() if name.startswith(family)
    )
    if existing is not None and not overwrite:
        return Step(source, destination, None, existing, leftovers)
    for volume in (source.volume, destination.volume):
        _refuse_volume(client, volume, volume is destination.volume)
    key = (destination.volume.uuid, posixpath.dirname(destination.path))
    if key in absent:
        raise absent[key]
    info = clones.require_file(client, source.volume, source.path, sources[source], "source path")
    return Step(source, destination, info, existing, leftovers)


def _refuse_volume(client, volume, writes):
    if volume.style != "flexvol":
        raise Unsupported(
            f"The volume {volume} is a {volume.style}, and files can be copied only between FlexVols",
            client.host,
            errors.CURES["13107223"],
            code="13107223",
        )
    if writes and volume.type != "rw":
        raise Unsupported(
            f"The volume {volume} is of type {volume.type}, which is read-only",
            client.host,
            errors.CURES["7018866"],
            code="7018866",
        )


def _refuse_space(client, steps):
    """Refuse the copies into a FlexVol that has no room for their used bytes and does not grow by itself.

    Leftovers are removed before the copies, so their room is counted as free.
    """
    wanted, freed = {}, {}
    for step in steps:
        if isinstance(step, Step):
            volume = step.destination.volume
            room = sum(leftover.bytes_used or 0 for leftover in step.leftovers)
            freed[volume.uuid] = freed.get(volume.uuid, 0) + room
        if isinstance(step, Step) and step.copies:
            used = step.source.size if step.source.bytes_used is None else step.source.bytes_used
            volume = step.destination.volume
            wanted[volume.uuid] = wanted.get(volume.uuid, 0) + used
    checked = []
    for step in steps:
        if isinstance(step, Step) and step.copies:
            volume = step.destination.volume
            room = volume.available + freed[volume.uuid]
            if volume.autosize == "off" and wanted[volume.uuid] > room:
                step = Refused(
                    f"The FlexVol {volume} has {room} bytes free, and the copies into it need "
                    f"{wanted[volume.uuid]}",
                    client.host,
                    "enlarge it, switch autosize on, or remove what is not needed",
                )
        checked.append(step)
    return checked


def _beside(client, destinations):
    """``{(volume uuid, directory): {name: FileInfo}}`` of the destinations and leftovers: one request
    each, and one more for a directory whose only such entry has the directory's own name."""
    names = {}
    for end in destinations:
        key = (end.volume, posixpath.dirname(end.path))
        names.setdefault(key, []).append(posixpath.basename(end.path))
    found = {}
    for (volume, directory), wanted in names.items():
        pattern = "|".join([*dict.fromkeys(wanted), f"{transfer.PREFIX}*"])
        if len(pattern) > NAMES_LENGTH or any(literal(name) != name for name in wanted):
            pattern = None
        try:
            entries = files.list_directory(client, volume, directory, pattern)
        except (NotFound, Refused) as refusal:
            if not files.is_no_directory(client, volume, directory, refusal):
                raise
            entries = []
        if _is_itself(client, volume, directory, entries):
            entries = []
        found[(volume.uuid, directory)] = {entry.name: entry for entry in entries}
    return found


def _is_itself(client, volume, directory, entries):
    """Whether what was listed is a file, which some versions list as its own only entry."""
    if [entry.name for entry in entries] != [posixpath.basename(directory)] or entries[0].type == "directory":
        return False
    info = files.file_info(client, volume, directory)
    return info is not None and info.type != "directory"


def _directory(beside, end):
    return beside[(end.volume.uuid, posixpath.dirname(end.path))]


def _existing(beside, end):
    return _directory(beside, end).get(posixpath.basename(end.path))


def _lookup(client, ends):
    groups = {}
    for end in ends:
        groups.setdefault(end.volume, []).append(end.path)
    found = {}
    for volume, paths in groups.items():
        for path, info in files.lookup(client, volume, paths).items():
            found[transfer.End(volume, path)] = info
    return found


def _missing(client, ends):
    groups = {}
    for end in ends:
        groups.setdefault(end.volume, []).append(end.path)
    return {
        (volume.uuid, directory): failure
        for volume, paths in groups.items()
        for directory, failure in clones.missing_directories(client, volume, paths).items()
    }


def peerings_needed(client, steps, peer):
    """``[(destination SVM, source SVM, Peering or None)]`` that have to be made or extended; changes nothing.

    Raises when some are missing and ``peer`` is false. One request for each pair of different SVMs. An
    account that may not read them gets no check: ONTAP says then what is missing.
    """
    pairs = sorted(
        {
            (step.destination.volume.svm, step.source_end.volume.svm)
            for step in steps
            if isinstance(step, Step)
            and step.copies
            and step.destination.volume.svm != step.source_end.volume.svm
        }
    )
    needed = []
    for svm, other in pairs:
        try:
            known = volumes.peering(client, svm, other)
        except NotAuthorized:
            continue
        if known and known.copies_files:
            continue
        if not peer:
            code = "7013360" if known else "7013361"
            state = f"with {', '.join(known.applications)} only" if known else "not at all"
            raise Unsupported(
                f"The SVMs {svm!r} and {other!r} are peered {state}, not with the application file_copy",
                client.host,
                "set peer to true, or peer them with netapp.ontap.na_ontap_vserver_peer",
                code=code,
            )
        needed.append((svm, other, known))
    return needed
