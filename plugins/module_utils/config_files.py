# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the files of a service's configuration together: all of them or none, with the way back.

Each file that changes is kept as it was beside it (KEPT), until the next change. So a run that was killed
between writing and restarting can still be undone by the next one. What lies beside it has a name that
begins with a dot, because services read the rest of some folders whole (oslo.policy its policy_dirs).
First everything is written beside the files, closed for others, for a secret may be in it; that can fail, and
then nothing was changed. After that files only get their names.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from .failures import Refused

KEPT = ".before-last-change"
# Beside a file that did not exist: there is nothing to keep, but undoing must remove it.
ABSENT = ".was-absent"
# What a run that was killed may leave behind; the next one that has to do with the file takes it away.
NEW, KEEPING, BACK = ".new", ".keeping", ".undo"
LABEL = "security.selinux"


def beside(path: str, ending: str) -> str:
    """The hidden file that belongs to a file; that of a link is beside the file that it leads to."""
    return _hidden(os.path.realpath(path), ending)


def _hidden(path: str, ending: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}{ending}")


@dataclass(frozen=True)
class Wanted:
    """One file as it is to be; content None removes it."""

    path: str
    content: str | None
    mode: int  # of a file that is made; one that is there keeps its own unless keep_mode is false
    keep_mode: bool = False
    secret: bool = False


def read(path: str) -> str | None:
    """The text of a file with its own ends of lines, None where there is none. Raises Refused."""
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused(f"{path} cannot be read: {exc}", cure="check the path and the rights") from exc


def differs(wanted: Wanted, uid: int | None, gid: int | None) -> list[str]:
    """What of a file differs: content, mode, owner."""
    found = read(wanted.path)
    if wanted.content is None:
        return ["presence"] if found is not None else []
    if found is None:
        return ["presence"]
    status = os.stat(wanted.path)
    return [
        name
        for name, other in (
            ("content", found != wanted.content),
            ("mode", not wanted.keep_mode and status.st_mode & 0o7777 != wanted.mode),
            ("owner", not wanted.keep_mode and (uid, gid) != _known(status, uid, gid)),
        )
        if other
    ]


def _known(status, uid, gid):
    return (status.st_uid if uid is not None else None, status.st_gid if gid is not None else None)


@contextlib.contextmanager
def locked(paths: list[str]):
    """Two of us do not write into the same folders at once. The lock ends with the process."""
    with contextlib.ExitStack() as stack:
        for folder in sorted({os.path.dirname(os.path.realpath(path)) for path in paths}):
            with contextlib.suppress(OSError):  # not there yet, or on a file system without locks
                descriptor = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def write(files: list[Wanted], uid: int | None, gid: int | None, pending=()) -> None:
    """Write them all, or none. Raises Refused.

    pending: files that nobody has read since our last change. What is kept of them is what was read, so it
    stays, unless somebody else has changed the file since.
    """
    moment = time.time_ns()
    kept = {one.path for one in files if one.path in pending and untouched(one.path)}
    path, done = "", []
    try:
        for wanted in files:
            path = wanted.path
            _folder(path, uid, gid)
            _prepare(wanted, uid, gid, moment, keeps=path not in kept)
        for wanted in files:
            path = wanted.path
            if path not in kept:
                _keep(path, moment)
            done.append(path)
            _put(wanted)
            if path in kept:
                _date(path, moment)
    except OSError as exc:
        for wanted in files:
            with contextlib.suppress(OSError):  # what could not be written cannot be removed either
                _clear(wanted.path)
        undo(done)
        forget([one for one in done if one not in kept])
        raise Refused(
            f"{path} cannot be written: {exc.strerror}; nothing was changed",
            cure="check the folder and the rights",
        ) from exc


def untouched(path: str) -> bool:
    """Whether a file is as our last change left it: what is kept of it got the same time then."""
    for ending in (KEPT, ABSENT):
        if os.path.exists(beside(path, ending)):
            return not os.path.exists(path) or (
                os.stat(path).st_mtime_ns == os.stat(beside(path, ending)).st_mtime_ns
            )
    return False


def undoable(paths: list[str]) -> list[str]:
    """Those of the files of which something was kept that they are not."""
    return [path for path in paths if _is_other(path)]


def _is_other(path: str) -> bool:
    kept = beside(path, KEPT)
    if not os.path.exists(kept):
        return os.path.exists(beside(path, ABSENT)) and os.path.exists(path)
    if not os.path.exists(path):
        return True
    one, other = os.stat(path), os.stat(kept)
    same = (one.st_mode, one.st_uid, one.st_gid) == (other.st_mode, other.st_uid, other.st_gid)
    return not same or Path(path).read_bytes() != Path(kept).read_bytes()


def undo(paths: list[str]) -> list[str]:
    """Bring back each file as it was before its last change; the paths that this changed. Raises Refused."""
    found = undoable(paths)
    for path in found:
        kept = beside(path, KEPT)
        try:
            if os.path.exists(kept):
                _copy(kept, beside(path, BACK))
                os.replace(beside(path, BACK), os.path.realpath(path))
            else:
                os.unlink(os.path.realpath(path))
        except OSError as exc:
            raise Refused(
                f"{path} cannot be brought back as it was: {exc.strerror}", cure=f"it is kept as {kept}"
            ) from exc
    return found


def forget(paths: list[str]) -> None:
    """Remove what was kept: the change is good, or the file is gone for good."""
    for path in paths:
        _clear(path)
        for ending in (KEPT, ABSENT):
            Path(beside(path, ending)).unlink(missing_ok=True)


def keep_original(path: str, ending: str) -> None:
    """A copy of a file that is made once and never again; whole, or not at all. Raises Refused."""
    if not os.path.exists(path) or os.path.exists(path + ending):
        return
    try:
        # Beside the link where the file is one: it may lead to another file system.
        _copy(path, _hidden(path, KEEPING))
        os.replace(_hidden(path, KEEPING), path + ending)
    except OSError as exc:
        raise Refused(
            f"{path} cannot be kept as {path}{ending}: {exc.strerror}; nothing was changed",
            cure="check the folder and the rights",
        ) from exc


def _folder(path: str, uid, gid) -> None:
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o750)
        os.chown(folder, -1 if uid is None else uid, -1 if gid is None else gid)


def _prepare(wanted: Wanted, uid, gid, moment: int, keeps: bool) -> None:
    """The new file, and the copy of the one that is there, beside it."""
    path = wanted.path
    _clear(path)
    if keeps and os.path.exists(path):
        _copy(path, beside(path, KEEPING))
        os.utime(beside(path, KEEPING), ns=(moment, moment))
    if wanted.content is None:
        return
    new = beside(path, NEW)
    with _closed(new) as stream:
        stream.write(wanted.content.encode())
    there = os.stat(path) if os.path.exists(path) else None
    if there is not None and wanted.keep_mode:
        _dress(new, path, there)
    else:
        if there is not None:
            _attributes(path, new, only=LABEL)
        os.chown(new, -1 if uid is None else uid, -1 if gid is None else gid)
        os.chmod(new, wanted.mode)
    os.utime(new, ns=(moment, moment))


def _keep(path: str, moment: int) -> None:
    """By one name after the other, so that at no time less is kept than before."""
    absent = Path(beside(path, ABSENT))
    if os.path.exists(beside(path, KEEPING)):
        os.replace(beside(path, KEEPING), beside(path, KEPT))
        absent.unlink(missing_ok=True)
    else:
        absent.touch(mode=0o600)
        os.utime(absent, ns=(moment, moment))
        Path(beside(path, KEPT)).unlink(missing_ok=True)


def _date(path: str, moment: int) -> None:
    """What stays kept has the time of the newest change, by which the next run knows that it is ours."""
    for ending in (KEPT, ABSENT):
        with contextlib.suppress(FileNotFoundError):
            os.utime(beside(path, ending), ns=(moment, moment))


def _put(wanted: Wanted) -> None:
    # To the file that a link leads to; the link is the operator's. Not by AnsibleModule.atomic_move: it gives
    # a file that is new the mode of the umask and the group of the process, and this one may hold secrets.
    path = os.path.realpath(wanted.path)
    if wanted.content is None:
        Path(path).unlink(missing_ok=True)
    else:
        os.replace(beside(path, NEW), path)


def _clear(path: str) -> None:
    for left in (*(beside(path, ending) for ending in (NEW, KEEPING, BACK)), _hidden(path, KEEPING)):
        with contextlib.suppress(NotADirectoryError):
            Path(left).unlink(missing_ok=True)


def _closed(path: str):
    """A new file that nobody else can read until it is given the rights of another."""
    Path(path).unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(source: str, target: str) -> None:
    with _closed(target) as stream, open(source, "rb") as found:
        shutil.copyfileobj(found, stream)
    _dress(target, source, os.stat(source))


def _dress(path: str, like: str, status) -> None:
    """Owner, label, access list and mode of another file."""
    # Not root: the file is ours already, or the folder's owner has to see to it.
    with contextlib.suppress(PermissionError):
        os.chown(path, status.st_uid, status.st_gid)
    _attributes(like, path)
    os.chmod(path, status.st_mode & 0o7777)


def _attributes(source: str, target: str, only: str | None = None) -> None:
    """SELinux's label and access lists are extended attributes; not every file system has them."""
    with contextlib.suppress(OSError):
        for name in os.listxattr(source):
            if only in (None, name):
                with contextlib.suppress(OSError):  # some are the kernel's alone
                    os.setxattr(target, name, os.getxattr(source, name))
