# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory of a FlexVol: present with its parents, or absent."""

from __future__ import annotations

import posixpath
import re

from ..failures import EnhancedInstanceError, NotFound, Refused, WrongInput
from . import errors, files

UNKNOWN = {"owner_id": None, "group_id": None}


def checked(path, mode):
    """The clean path and the mode as four octal digits; raises WrongInput."""
    path = files.clean(path)
    if files.in_snapshot(path):
        raise WrongInput(
            f"The path {path!r} lies in a snapshot, which is read-only",
            cure="choose a path outside .snapshot",
            code="131102",
        )
    if not re.fullmatch(r"0?[0-7]{3,4}", mode):
        raise WrongInput(
            f"The mode {mode!r} is not three or four octal digits",
            cure='write it in quotes, such as "0755"',
        )
    return path, f"{int(mode, 8):04o}"


def present(client, volume, path, mode, parents, check):
    """Make the directory where it is missing; the module's result.

    Requests: one, or two and one for each directory to be made; with ``parents`` one more for each parent
    that is looked at. A failure after some were made carries ``results``, which tell them: they stay, as
    somebody may use them already, and the next run goes on from there.
    """
    info = files.file_info(client, volume, path)
    _refuse_other_kind(client, volume, path, info)
    if info is not None:
        return _result(path, info.mode, [], owner_id=info.owner_id, group_id=info.group_id)
    missing = _missing_parents(client, volume, path)
    if missing and not parents:
        raise NotFound(
            f"The parent {missing[-1]!r} of the directory {path!r} does not exist in {volume}",
            client.host,
            "set parents to true, or make it first",
            code=errors.NO_SUCH_FILE,
        )
    made = [*missing, path]
    if check:
        return _result(path, mode, made)
    wanted, made = made, []
    try:
        for one in wanted:
            if files.make_directory(client, volume, one, mode):
                made.append(one)
        info = files.file_info(client, volume, path)
        if info is None:
            raise Refused(f"The directory {path!r} in {volume} is gone right after it was made", client.host)
    except EnhancedInstanceError as failure:
        failure.results = {"changed": bool(made), "made": made, "diff": _diff(made, mode)}
        raise
    return _result(path, info.mode, made, owner_id=info.owner_id, group_id=info.group_id)


def absent(client, volume, path, recurse, check):
    """Remove the directory; the module's result. A directory with content needs ``recurse``.

    One that somebody else removes meanwhile is absent, and this task changed nothing. Requests: one, and two
    for the removal and its job, and one for the list of what it holds without ``recurse``.
    """
    info = files.file_info(client, volume, path)
    _refuse_other_kind(client, volume, path, info)
    if info is None:
        return _gone({})
    if not recurse:
        entries = _content(client, volume, path)
        if entries is None:
            return _gone({})
        if entries:
            raise Refused(
                f"The directory {path!r} in {volume} is not empty, it holds {entries[0].name!r}",
                client.host,
                "set recurse to true to remove it with its content",
                code="131138",
            )
    if not check and not files.delete_file(client, volume, path, recurse):
        return _gone({})
    return _gone({path: f"directory, mode {info.mode}"})


def _content(client, volume, path):
    """The entries of a directory; None when it is not there any more."""
    try:
        return files.list_directory(client, volume, path, fields="name,type")
    except NotFound as absent_:
        if absent_.code not in files.ABSENT:
            raise
        return None


def _gone(removed):
    """The result of absent(): what was removed, as it was before."""
    diff = {"before": removed, "after": dict.fromkeys(removed, "absent")}
    return {"changed": bool(removed), "directory": None, "made": [], "diff": diff}


def _refuse_other_kind(client, volume, path, info):
    if info is not None and info.type != "directory":
        raise WrongInput(
            f"The path {path!r} in {volume} is a {info.type}, not a directory",
            client.host,
            "choose another path; this module never touches files",
        )


def _missing_parents(client, volume, path):
    """The parents that do not exist, outermost first."""
    missing = []
    parent = posixpath.dirname(path)
    while parent:
        info = files.file_info(client, volume, parent)
        _refuse_other_kind(client, volume, parent, info)
        if info is not None:
            break
        missing.insert(0, parent)
        parent = posixpath.dirname(parent)
    return missing


def _result(path, mode, made, **owner):
    return {
        "changed": bool(made),
        "directory": {"path": path, "mode": mode, **UNKNOWN, **owner},
        "made": made,
        "diff": _diff(made, mode),
    }


def _diff(made, mode):
    return {
        "before": dict.fromkeys(made, "absent"),
        "after": dict.fromkeys(made, f"directory, mode {mode}"),
    }
