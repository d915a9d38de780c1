# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy by the operator's copy-offload binary: checked before it runs, run as the service user, its work
checked.

The binary takes a source address, a destination address, a source path and a destination path, the paths as
exports, /junction/file (Cinder's nfs_cmode driver calls it so); exit code 0 says that ONTAP has copied.
Nothing else of it is documented, so the result is judged by what the host sees through its mount.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import posixpath
import pwd
import random
import re
import stat
import subprocess
import time
from dataclasses import dataclass

from .failures import AlreadyExists, NotFound, Refused, TimedOut, WrongInput

PREFIX = "eic-copy-"
BLOCK = 4096
#: Blocks that are compared when the source can be seen.
SAMPLES = 16
#: Seconds until a file that ONTAP made must be seen through the mount; NFS clients cache directories for a
#: minute.
APPEAR = 120


@dataclass(frozen=True)
class Account:
    """Who the binary runs as; ``switch`` is false when we are that account already."""

    name: str
    uid: int
    gid: int
    groups: tuple
    switch: bool


def checked_account(name):
    """The Account of a service user; raises for root, an unknown name, and one that we cannot become."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise WrongInput(
            f"The user {name!r} does not exist on this host",
            cure="give the account that runs cinder-volume as user",
        ) from None
    if entry.pw_uid == 0:
        raise WrongInput(
            f"The user {name!r} is root, and the tool is never run as root",
            cure="give the account that runs cinder-volume as user",
        )
    us = os.geteuid()
    if us not in (0, entry.pw_uid):
        raise WrongInput(
            f"The module runs as uid {us} and cannot become {name!r}", cure=f"use become with root or {name}"
        )
    return Account(
        name, entry.pw_uid, entry.pw_gid, tuple(os.getgrouplist(name, entry.pw_gid)), us != entry.pw_uid
    )


def check_tool(path, sha256):
    """Raise unless the binary is the one that the operator means, and nobody but its owner can change it."""
    wanted = sha256.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise WrongInput(
            f"The sha256 {sha256!r} is not 64 hexadecimal digits", cure="give the output of sha256sum"
        )
    try:
        state = os.stat(path)
    except OSError as error:
        raise NotFound(
            f"The tool {path!r} cannot be used ({error.strerror})", cure="put the binary on this host"
        ) from None
    if not stat.S_ISREG(state.st_mode):
        raise WrongInput(f"The tool {path!r} is not a file", cure="give the path of the binary")
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise WrongInput(
            f"The tool {path!r} has mode {stat.S_IMODE(state.st_mode):04o}, so others can change it",
            cure=f"chmod 0755 {path}",
        )
    if not state.st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH):
        raise WrongInput(f"The tool {path!r} has no run bit", cure=f"chmod 0755 {path}")
    try:
        with open(path, "rb") as handle:
            found = hashlib.sha256(handle.read()).hexdigest()
    except OSError as error:
        raise Refused(
            f"The tool {path!r} cannot be read, so its SHA-256 is not known ({error.strerror})",
            cure="use become, or let others read it",
        ) from None
    if found != wanted:
        raise WrongInput(
            f"The tool {path!r} has SHA-256 {found}, not {wanted}",
            cure="put the binary there that you mean, or give its own checksum as sha256",
        )


def check_address(value, purpose):
    """An IP address as the tool takes it; raises WrongInput for a name."""
    try:
        return str(ipaddress.ip_address(value.strip("[]")))
    except ValueError:
        raise WrongInput(
            f"The {purpose} {value!r} is not an IP address", cure="give the address of an NFS LIF of the SVM"
        ) from None


def check_number(value, name, least):
    """A whole number, None where it is not given; raises WrongInput for one below the least."""
    if value is not None and value < least:
        raise WrongInput(f"{name} is {value}", cure=f"give {least} or more")
    return value


def check_export_path(path, purpose):
    """A path as an export, /junction/file; raises WrongInput for another form."""
    parts = path.split("/")
    if len(parts) < 3 or parts[0] or any(part in ("", ".", "..") for part in parts[1:]):
        raise WrongInput(
            f"The {purpose} {path!r} is not a path of the form /junction/file",
            cure="write the junction path of the FlexVol and the file below it, without dots",
        )
    return path


@dataclass(frozen=True)
class Request:
    """One copy: what the tool is told, and where this host sees both files (``source_file`` may be None)."""

    tool: str
    source_address: str
    destination_address: str
    source_path: str
    destination_path: str
    destination_file: str
    source_file: str | None = None
    size: int | None = None

    @property
    def temporary_name(self):
        """The name while the tool copies: the same in every run, so that a leftover is found."""
        name = posixpath.basename(self.destination_path)
        return f"{PREFIX}{hashlib.sha256(name.encode()).hexdigest()[:10]}-tool"

    @property
    def temporary_path(self):
        """The temporary file as an export path."""
        return posixpath.join(posixpath.dirname(self.destination_path), self.temporary_name)

    @property
    def temporary_file(self):
        """The temporary file as this host sees it."""
        return os.path.join(os.path.dirname(self.destination_file), self.temporary_name)


def check_request(request):
    """Raise for what is wrong before anything is run; the size in bytes that the copy must have."""
    if os.path.basename(request.destination_file) != posixpath.basename(request.destination_path):
        raise WrongInput(
            f"destination_file {request.destination_file!r} and destination_path "
            f"{request.destination_path!r} have different names",
            cure="give the same file, once as this host sees it and once as an export",
        )
    directory = os.path.dirname(request.destination_file)
    try:
        os.listdir(directory)
    except OSError as error:
        raise NotFound(
            f"The directory {directory!r} cannot be used ({error.strerror})",
            cure="mount the export of the destination there, where the service user may enter it",
        ) from None
    if request.source_file is None:
        return request.size
    try:
        size = os.stat(request.source_file).st_size
    except OSError as error:
        raise NotFound(
            f"The source_file {request.source_file!r} cannot be used ({error.strerror})",
            cure="mount the export of the source there, or give size instead",
        ) from None
    if request.size not in (None, size):
        raise WrongInput(
            f"The source_file {request.source_file!r} has {size} bytes, and size says {request.size}",
            cure="leave size out, or give the right source_file",
        )
    return size


def existing(request):
    """Size of the destination in bytes, None when it is not there; raises when it is no file."""
    try:
        state = os.lstat(request.destination_file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotFound(
            f"The destination_file {request.destination_file!r} cannot be looked at ({error.strerror})",
            cure="mount the export of the destination there, where the service user may enter it",
        ) from None
    if not stat.S_ISREG(state.st_mode):
        raise WrongInput(
            f"The destination_file {request.destination_file!r} is not a file", cure="choose another name"
        )
    return state.st_size


def copy(request, account, size, timeout, sleep=time.sleep, clock=time.monotonic):
    """Run the tool and publish its file; seconds it took. Raises with the destination untouched.

    What was there under the final name meanwhile is never replaced.
    """
    started = clock()
    try:
        _unlink(request, account)  # of a killed run: nobody knows whether it is whole
        _run(request, account, timeout)
        with acting_as(account):
            _wait_for(request, started + APPEAR, sleep, clock)
            _check(request, size)
            _publish(request)
    except OSError as error:
        raise Refused(
            f"The copy {error.filename!r} cannot be handled by {account.name} ({error.strerror})",
            cure="let the service user write into the directory of destination_file, and read both files",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            _unlink(request, account)
    return clock() - started


@contextlib.contextmanager
def acting_as(account):
    """Touch files as the service user: root may be nobody to an NFS server, and must not do more than the
    user."""
    if not account.switch:
        yield
        return
    before = os.getgroups(), os.getegid()
    os.setgroups(account.groups)
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(before[1])
        os.setgroups(before[0])


def _unlink(request, account):
    with acting_as(account), contextlib.suppress(FileNotFoundError):
        os.unlink(request.temporary_file)


def _publish(request):
    """Give the file its name without replacing another.

    A hard link is refused for a file of somebody else (fs.protected_hardlinks); then a rename, after a look.
    """
    try:
        os.link(request.temporary_file, request.destination_file)
        return
    except FileExistsError:
        taken = True
    except OSError:
        taken = os.path.lexists(request.destination_file)
    if taken:
        raise AlreadyExists(
            f"Meanwhile somebody else made {request.destination_file!r}", cure="run the task again"
        )
    os.rename(request.temporary_file, request.destination_file)


def _run(request, account, timeout):
    words = [
        request.tool,
        request.source_address,
        request.destination_address,
        request.source_path,
        request.temporary_path,
    ]
    become = (
        {"user": account.uid, "group": account.gid, "extra_groups": account.groups} if account.switch else {}
    )
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            timeout=timeout,
            check=False,
            **become,
        )
    except subprocess.TimeoutExpired:
        raise TimedOut(
            f"The tool {request.tool!r} has not ended within {timeout} seconds and was stopped",
            f"copy of {request.source_path} to {request.destination_path}",
            "raise timeout, or look at the load of the cluster",
        ) from None
    except OSError as error:
        raise Refused(
            f"The tool {request.tool!r} cannot be run as {account.name} ({error.strerror})",
            cure="check its mode, its folders' modes, and that the host has its libraries",
        ) from None
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()
        raise Refused(
            f"The tool {request.tool!r} ended with exit code {done.returncode}"
            + (f" and said: {said[-1][:300]}" if said else " and said nothing"),
            f"copy of {request.source_path} to {request.destination_path}",
            "check that both SVMs have NFSv4 and vStorage on, and that the export policies admit this host",
            code=done.returncode,
        )


def _wait_for(request, deadline, sleep, clock):
    while not os.path.exists(request.temporary_file):
        if clock() > deadline:
            raise Refused(
                f"The tool ended well, but {request.temporary_file!r} did not appear within {APPEAR} seconds",
                cure="check that destination_file lies on the mount of the export in destination_path",
            )
        sleep(1)
        with contextlib.suppress(OSError):
            os.listdir(os.path.dirname(request.temporary_file))  # makes the NFS client look again


def _check(request, size):
    found = os.stat(request.temporary_file).st_size
    if found != size:
        raise Refused(
            f"The tool ended well, but its copy of {request.source_path!r} has {found} bytes, not {size}",
            cure="run the task again; nothing was published",
        )
    if request.source_file is None or not size:
        return
    last = (size - 1) // BLOCK
    blocks = {0, last} | {random.randint(0, last) for _number in range(SAMPLES - 2)}
    with open(request.source_file, "rb") as source, open(request.temporary_file, "rb") as target:
        for block in sorted(blocks):
            source.seek(block * BLOCK)
            target.seek(block * BLOCK)
            if source.read(BLOCK) != target.read(BLOCK):
                raise Refused(
                    f"The tool ended well, but its copy of {request.source_path!r} differs at "
                    f"byte {block * BLOCK}",
                    cure="run the task again; nothing was published",
                )
