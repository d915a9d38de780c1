# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the files of a service's configuration together: all of them or none, with the way back.

Each file that changes is kept as it was beside it (KEPT), until the next change. So a run that was killed
between writing and restarting can still be undone by the next one. What lies beside it has a name that
begins with a dot, because services read the rest of some folders whole (oslo.policy its policy_dirs).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .failures import Refused

KEPT = ".before-last-change"
# Beside a file that did not exist: there is nothing to keep, but undoing must remove it.
ABSENT = ".was-absent"


def beside(path: str, ending: str) -> str:
    """The hidden file that belongs to a file."""
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
    """The text of a file, None where there is none. Raises Refused."""
    try:
        return Path(path).read_text(encoding="utf-8")
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


def write(files: list[Wanted], uid: int | None, gid: int | None) -> None:
    """Write them all; when one fails, those before it are as they were. Raises Refused."""
    done = []
    try:
        for wanted in files:
            done.append(wanted.path)
            _folder(wanted.path, uid, gid)
            _keep(wanted.path)
            _put(wanted, uid, gid)
    except OSError as exc:
        undo(done)
        raise Refused(
            f"{exc.filename or done[-1]} cannot be written: {exc.strerror}; nothing was changed",
            cure="check the folder and the rights",
        ) from exc


def undo(paths: list[str]) -> list[str]:
    """Bring back each file as it was before its last change; the paths of which something was kept."""
    found = []
    for path in paths:
        if os.path.exists(beside(path, KEPT)):
            temporary = beside(path, ".undo")
            shutil.copy2(beside(path, KEPT), temporary)
            _own(temporary, os.stat(beside(path, KEPT)))
            os.replace(temporary, path)
            found.append(path)
        elif os.path.exists(beside(path, ABSENT)):
            Path(path).unlink(missing_ok=True)
            found.append(path)
    return found


def forget(paths: list[str]) -> None:
    """Remove what was kept: the change is good, or the file is gone for good."""
    for path in paths:
        for ending in (KEPT, ABSENT):
            Path(beside(path, ending)).unlink(missing_ok=True)


def _folder(path: str, uid, gid) -> None:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o750)
        os.chown(folder, -1 if uid is None else uid, -1 if gid is None else gid)


def _keep(path: str) -> None:
    forget([path])
    if os.path.exists(path):
        # Made closed, then given the rights of the file: a secret is never readable for more.
        descriptor = os.open(beside(path, KEPT), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target, open(path, "rb") as source:
            shutil.copyfileobj(source, target)
        status = os.stat(path)
        _own(beside(path, KEPT), status)
        os.chmod(beside(path, KEPT), status.st_mode & 0o7777)
    else:
        Path(beside(path, ABSENT)).touch(mode=0o600)


def _put(wanted: Wanted, uid, gid) -> None:
    if wanted.content is None:
        Path(wanted.path).unlink(missing_ok=True)
        return
    there = os.stat(wanted.path) if os.path.exists(wanted.path) else None
    temporary = beside(wanted.path, ".new")
    Path(temporary).unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(wanted.content)
    keeps = there is not None and wanted.keep_mode
    if keeps:
        _own(temporary, there)
    else:
        os.chown(temporary, -1 if uid is None else uid, -1 if gid is None else gid)
    os.chmod(temporary, there.st_mode & 0o7777 if keeps else wanted.mode)
    # Not by AnsibleModule.atomic_move: it gives a file that is new the mode of the umask and the group of the
    # process, and this one may hold secrets.
    os.replace(temporary, wanted.path)


def _own(path: str, status) -> None:
    try:
        os.chown(path, status.st_uid, status.st_gid)
    except PermissionError:  # not root: the file is ours already, or the folder's owner has to see to it
        return
