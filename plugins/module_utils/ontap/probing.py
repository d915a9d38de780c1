# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this ONTAP does with clones, copies and renames where nothing documents it: tried on files of 4 KiB.

All happens in a directory ``eic-probe-<run>`` in the root of each FlexVol, which is removed in the end. One
that a killed run has left is removed by the next run that is more than LEFTOVER_AGE later, by ONTAP's clock.
"""

from __future__ import annotations

import datetime
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


def leftovers(client, site):
    """``(volume, FileInfo)`` of the scratch directories of other runs: one request per FlexVol."""
    fields = "name,type,modified_time"
    return [
        (volume, entry)
        for volume in site.volumes
        for entry in files.list_directory(client, volume, pattern=f"{PREFIX}*", fields=fields)
        if entry.type == "directory" and entry.name != site.scratch
    ]


def probe(client, site, found=()):
    """``({question: Answer}, [paths of leftovers that were removed])``; the scratch directories are gone
    afterwards.

    ``found`` is what leftovers() gave. Raises when the scratch directory or its files cannot be made.
    """
    try:
        for volume in site.volumes:
            files.make_directory(client, volume, site.scratch, "0777")
        removed = _sweep(client, site, found)
        return _nameless(_answers(client, site), site.scratch), removed
    finally:
        for volume in site.volumes:
            _remove(client, volume, site.scratch)


def outdated(found, now):
    """Of leftovers(), those that are old enough to have no run any more; ``now`` is ONTAP's time."""
    moment = _moment(now)
    return [
        (volume, entry)
        for volume, entry in found
        if None not in (moment, _moment(entry.modified_time))
        and moment - _moment(entry.modified_time) > LEFTOVER_AGE
    ]


def _sweep(client, site, found):
    if not found:
        return []
    now = files.file_info(client, site.volume, site.scratch).modified_time
    old = outdated(found, now)
    for volume, entry in old:
        files.delete_file(client, volume, entry.path, recurse=True)
    return [f"{volume}/{entry.path}" for volume, entry in old]


def _remove(client, volume, scratch):
    """What prevents it must not hide the failure that is being told, and the next run tries again."""
    try:
        files.delete_file(client, volume, scratch, recurse=True)
    except EnhancedInstanceError as failure:
        client.report(f"the scratch directory {volume}/{scratch} could not be removed: {failure.sentence}")


def _answers(client, site):
    source = _source(client, site)
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


def _source(client, site):
    """The FileInfo of what is cloned and copied: a Cinder host's file, else one of our own."""
    owned = files.file_info(client, site.volume, site.path(OWNED))
    if owned is not None:
        if owned.type != "file" or owned.size != SIZE:
            raise WrongInput(
                f"The file {owned.path!r} in {site.volume} has {owned.size} bytes, and the probe works with "
                f"{SIZE}",
                cure=f"let the Cinder host write a file of {SIZE} bytes there",
            )
        return owned
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


def _moment(text):
    """A timestamp of ONTAP as seconds, None when there is none."""
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except (AttributeError, ValueError):
        return None
