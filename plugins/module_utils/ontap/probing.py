# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this ONTAP does with clones, copies and renames where nothing documents it: tried on files of 4 KiB.

All happens in a directory ``eic-probe-<run>`` in the root of each FlexVol, which is removed in the end. What
was there before is refused and stays, save the directory that a Cinder host prepares: it holds nothing but
its file. A directory that a killed run has left is removed by the next run that is more than LEFTOVER_AGE
later, by ONTAP's clock.
"""

from __future__ import annotations

import posixpath
import re
import secrets
from dataclasses import dataclass, replace

from ..failures import EnhancedInstanceError, TimedOut, Unreachable, WrongInput
from ..planner.capabilities import NO, UNKNOWN, YES, Answer
from . import files

PREFIX = "eic-probe-"
#: A probe takes seconds; a scratch directory that is so many seconds older than ours has no run any more.
LEFTOVER_AGE = 600
#: The source has 4 KiB; what is to be replaced has another size, so that a size tells which of them is there.
SIZE, OTHER_SIZE = 4096, 2048
#: The file that a Cinder host may have put into the scratch directory.
OWNED = "owned"
TIMEOUT = 120


@dataclass(frozen=True)
class Site:
    """The scratch directories: in the FlexVol that is probed and, for copies, in another one (or None)."""

    volume: object
    other: object | None
    scratch: str

    def path(self, name):
        return posixpath.join(self.scratch, name)

    @property
    def volumes(self):
        return [self.volume] if self.other is None else [self.volume, self.other]


def scratch_name(given=None):
    """The name of the scratch directory; raises WrongInput for one that a later run would not find."""
    if given is None:
        return f"{PREFIX}{secrets.token_hex(4)}"
    if not re.fullmatch(PREFIX + r"[A-Za-z0-9_-]{1,64}", given):
        raise WrongInput(
            f"The scratch directory {given!r} is not {PREFIX} and letters or digits",
            cure="name it so, because only such a directory is ever removed",
        )
    return given


def entries(client, site):
    """``(volume, FileInfo)`` of all that has the name of a scratch directory: one request per FlexVol."""
    fields = "name,type,modified_time"
    return [
        (volume, entry)
        for volume in site.volumes
        for entry in files.list_directory(client, volume, pattern=f"{PREFIX}*", fields=fields)
    ]


def leftovers(site, there):
    """Of entries(), the scratch directories of other runs."""
    return [
        (volume, entry) for volume, entry in there if entry.type == "directory" and entry.name != site.scratch
    ]


def prepared(client, site, there):
    """The Prepared directory of this run, or None where it has to be made; one request where it is there.

    ``there`` is what entries() gave. Raises WrongInput for anything else of its name: it is somebody's, and
    the probe would remove it in the end.
    """
    own = [(volume, entry) for volume, entry in there if entry.name == site.scratch]
    for volume, entry in own:
        if entry.type != "directory":
            raise _taken(client, volume, site.scratch, f"is a {entry.type} that was there before")
        if volume != site.volume:
            raise _taken(
                client, volume, site.scratch, "was there before, and only the probed FlexVol may have it"
            )
    return Prepared(_owned(client, site)) if own else None


@dataclass(frozen=True)
class Prepared:
    """A scratch directory that a Cinder host has made: empty, or with its file ``owned``."""

    owned: files.FileInfo | None


def probe(client, site, found=(), prepared_by_host=None):
    """``({question: Answer}, [paths of leftovers that were removed])``; the scratch directories are gone
    afterwards.

    ``found`` is what leftovers() gave, ``prepared_by_host`` what prepared() gave. Raises when the scratch
    directory or its files cannot be made. Only what this run made, or a host prepared for it, is removed.
    """
    ours = [site.volume] if prepared_by_host else []
    try:
        for volume in site.volumes:
            if volume not in ours:
                ours.append(volume)  # before it is made, as the answer may be lost
                if not files.make_directory(client, volume, site.scratch, "0777"):
                    ours.remove(volume)
                    raise _taken(client, volume, site.scratch, "was made by somebody else meanwhile")
        removed = _sweep(client, site, found)
        owned = prepared_by_host.owned if prepared_by_host else None
        return _nameless(_answers(client, site, owned), site.scratch), removed
    finally:
        for volume in ours:
            _remove(client, volume, site.scratch)


def outdated(found, now):
    """Of leftovers(), those that are old enough to have no run any more.

    ``now`` is ONTAP's time in seconds since the epoch, None when it is not known.
    """
    moments = [(volume, entry, files.moment(entry.modified_time)) for volume, entry in found]
    return [
        (volume, entry)
        for volume, entry, moment in moments
        if None not in (now, moment) and now - moment > LEFTOVER_AGE
    ]


def foreseen(client, found):
    """The paths that probe() would remove of leftovers(), for check mode: no request.

    Without a directory of our own the time is that of ONTAP's last answer.
    """
    return [f"{volume}/{entry.path}" for volume, entry in outdated(found, client.answered)]


def _taken(client, volume, scratch, why):
    return WrongInput(
        f"The scratch directory {scratch!r} in {volume} {why}",
        client.host,
        "give another name as scratch, or leave it out",
    )


def _sweep(client, site, found):
    if not found:
        return []
    now = files.file_info(client, site.volume, site.scratch).modified_time
    old = outdated(found, files.moment(now))
    for volume, entry in old:
        files.delete_file(client, volume, entry.path, recurse=True)
    return [f"{volume}/{entry.path}" for volume, entry in old]


def _remove(client, volume, scratch):
    """What prevents it must not hide the failure that is being told, and the next run tries again."""
    try:
        files.delete_file(client, volume, scratch, recurse=True)
    except EnhancedInstanceError as failure:
        client.report(f"the scratch directory {volume}/{scratch} could not be removed: {failure.sentence}")


def _answers(client, site, owned):
    source = owned or _source(client, site)
    answers = _clone_answers(client, site, source)
    if site.other is None:
        missing = Answer(UNKNOWN, None, "there is no other FlexVol to copy to")
        answers |= dict.fromkeys(_COPY_QUESTIONS, missing)
    else:
        answers |= _copy_answers(client, site, source)
    files.write_file(client, site.volume, site.path("moved"), bytes(SIZE))
    answers["rename_overwrites"] = _overwrites(
        client,
        site,
        site.volume,
        "rename",
        lambda target: files.rename_file(client, site.volume, site.path("moved"), target),
    )
    return answers


_COPY_QUESTIONS = (
    "copy",
    "copy_keeps_owner",
    "copy_keeps_mode",
    "copy_overwrites",
    "copy_takes_volume_in_path",
    "copy_needs_svm",
)


def _owned(client, site):
    """The FileInfo of the Cinder host's file, None in an empty directory: one request."""
    content = files.list_directory(client, site.volume, site.scratch)
    for entry in content:
        if entry.name != OWNED:
            raise WrongInput(
                f"The scratch directory {site.scratch!r} in {site.volume} holds {entry.name!r}, and it may "
                f"hold only {OWNED!r}, as it is removed in the end",
                client.host,
                "move it elsewhere, or give another name as scratch",
            )
        if entry.type != "file" or entry.size != SIZE:
            raise WrongInput(
                f"The {entry.type} {entry.path!r} in {site.volume} has {entry.size} bytes, and the probe "
                f"works with a file of {SIZE}",
                client.host,
                f"let the Cinder host write a file of {SIZE} bytes there",
            )
    return content[0] if content else None


def _source(client, site):
    """The FileInfo of what is cloned and copied where no host has prepared a file."""
    path = site.path("source")
    files.write_file(client, site.volume, path, secrets.token_bytes(SIZE))
    return files.file_info(client, site.volume, path)


def _clone_answers(client, site, source):
    def clone(target):
        files.clone_file(client, site.volume, source.path, target, timeout=TIMEOUT)

    made = _try(lambda: clone(site.path("clone")))
    answers = {"clone": made, **_kept(client, site.volume, site.path("clone"), source, made, "clone")}
    answers["clone_overwrites"] = (
        _overwrites(client, site, site.volume, "clone", clone)
        if made.answer == YES
        else _not_tried("clone", made)
    )
    return answers


def _copy_answers(client, site, source):
    def copy(target, origin=source.path, svm=True):
        files.copy_file(client, site.volume, origin, site.other, target, timeout=TIMEOUT, name_svm=svm)

    made = _try(lambda: copy(site.path("copy")))
    answers = {"copy": made, **_kept(client, site.other, site.path("copy"), source, made, "copy")}
    if made.answer != YES:
        return answers | dict.fromkeys(_COPY_QUESTIONS[3:], _not_tried("copy", made))
    answers["copy_overwrites"] = _overwrites(client, site, site.other, "copy", copy)
    prefixed = _try(
        lambda: copy(f"{site.other.name}/{site.path('prefixed')}", f"{site.volume.name}/{source.path}")
    )
    if prefixed.answer == YES and files.file_info(client, site.other, site.path("prefixed")) is None:
        prefixed = Answer(NO, None, "the copy went elsewhere")
    answers["copy_takes_volume_in_path"] = prefixed
    without = _try(lambda: copy(site.path("without_svm"), svm=False))
    answers["copy_needs_svm"] = Answer(NO if without.answer == YES else YES, without.code, without.message)
    return answers


def _overwrites(client, site, volume, what, act):
    """Whether ``act(path)`` replaces an existing file."""
    target = site.path(f"existing-{what}")
    files.write_file(client, volume, target, bytes(OTHER_SIZE))
    done = _try(lambda: act(target))
    if done.answer == NO:
        return done
    now = files.file_info(client, volume, target)
    return Answer(YES if now is not None and now.size == SIZE else NO)


def _kept(client, volume, path, source, made, what):
    """Owner and mode of a clone or copy against its source's."""
    if made.answer != YES:
        return {f"{what}_keeps_owner": _not_tried(what, made), f"{what}_keeps_mode": _not_tried(what, made)}
    now = files.file_info(client, volume, path)
    owner = (source.owner_id, source.group_id)
    return {
        f"{what}_keeps_owner": _same(
            owner,
            (now.owner_id, now.group_id),
            (0, 0),
            "the source belongs to root, as a changed owner would",
        ),
        f"{what}_keeps_mode": _same(
            source.mode, now.mode, "0644", "the source's mode is 0644, as a changed mode might be"
        ),
    }


def _same(before, after, usual, why_unknown):
    """``usual`` is what a file gets when nothing is kept; a source that has it shows nothing."""
    if None in (before, after):
        return Answer(UNKNOWN, None, "ONTAP does not tell it")
    if before != after:
        return Answer(NO, None, f"{before} became {after}")
    return Answer(UNKNOWN, None, why_unknown) if before == usual else Answer(YES)


def _nameless(answers, scratch):
    """Without the run's own name in ONTAP's words: the same answer reads the same in every run."""
    return {
        question: replace(answer, message=answer.message and answer.message.replace(scratch, PREFIX + "..."))
        for question, answer in answers.items()
    }


def _not_tried(what, made):
    return Answer(UNKNOWN, made.code, f"the {what} did not work: {made.message}")


def _try(act):
    """Yes, or no with ONTAP's own words. A lost connection is no answer, and ends the probe."""
    try:
        act()
    except (TimedOut, Unreachable):
        raise
    except EnhancedInstanceError as refusal:
        return Answer(NO, refusal.code, refusal.what)
    return Answer(YES)
