# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a newcomer may meet before the lab can start, each in one sentence: the value, the rule, the cure."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from .failure import LabError
from .inside import OVERLAID

GIB = 1024**3
OLDEST_PYTHON = (3, 11)
_PROBE = """
set -e
mkdir "$1/upper" "$1/work" "$1/point"
mount -t overlay lab -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" "$1/point" || exit 40
umount "$1/point"
truncate -s 400M "$1/file" || exit 41
mkfs.xfs -q -m reflink=1 "$1/file" || exit 41
mount -o loop "$1/file" "$1/point" || exit 42
head -c 1048576 /dev/urandom > "$1/point/a"
cp --reflink=always "$1/point/a" "$1/point/b" || exit 43
umount "$1/point"
"""
_OVERLAY = 40


def python(version=sys.version_info):
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise LabError(
            f"This is Python {version[0]}.{version[1]}, but the lab needs 3.11 or newer: "
            "run it with such a python3."
        )


def root(uid=None):
    if (os.geteuid() if uid is None else uid) != 0:
        raise LabError(
            "You are not root, but the lab mounts file systems and starts services as their own users: "
            "run it as root, best in a virtual machine of its own."
        )


def debian_like(which=shutil.which):
    if not which("apt-get") or not which("dpkg-query"):
        raise LabError(
            "There is no apt-get on this machine, but the lab takes its database, message broker and QEMU "
            "from Debian's packages: use Debian 12 or a system made from it."
        )


def nearest(path):
    path = Path(path)
    while not path.exists():
        path = path.parent
    return path


def disk(path, gibibytes, purpose, usage=shutil.disk_usage):
    free = usage(nearest(path)).free
    if free < gibibytes * GIB:
        raise LabError(
            f"{path} has {free / GIB:.1f} GiB free, but {purpose} needs {gibibytes} GiB: "
            "make room, or set EIC_CACHE to a folder on a larger disk."
        )


def place(path):
    """The run state may not lie below what the lab overlays, and its name goes into mount options."""
    text = str(Path(path).resolve())
    for folder in OVERLAID:
        if text == folder or text.startswith(f"{folder}/"):
            raise LabError(
                f"EIC_LAB is {text}, but the lab covers {folder} with an overlay: choose another folder."
            )
    if any(character in text for character in ",:\\ '\"%\n"):
        raise LabError(
            f"EIC_LAB is {text!r}, but it stands in mount options and configuration files: "
            "choose a path without spaces, commas, colons, quotes, percent signs and backslashes."
        )


def port_owner(address, port, proc=Path("/proc")):
    """`name (pid N)` of who listens on the port, or None when it cannot be told."""
    quad = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
    inodes = set()
    for line in (proc / "net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        host, _colon, number = fields[1].partition(":")
        if fields[3] == "0A" and int(number, 16) == port and host in (quad, "00000000"):
            inodes.add(f"socket:[{fields[9]}]")
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(os.readlink(link) in inodes for link in (entry / "fd").iterdir()):
                return f"{(entry / 'comm').read_text().strip()} (pid {entry.name})"
        except OSError:
            continue
    return None


def ports(listeners, owner=port_owner):
    """``listeners`` of (who, address, port) must all be free."""
    for who, address, port in listeners:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise LabError(f"{who} cannot listen on {address}:{port} ({error.strerror}).") from error
                by = owner(address, port) or "another program"
                raise LabError(
                    f"Port {port} of {address} is in use by {by}, but the lab's {who} listens there: "
                    "end that program, or choose another loopback net for the lab with EIC_NET=127.N."
                ) from error


def kernel(folder):
    """Overlays and reflinks, tried for real in a namespace of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="probe-") as scratch:
        try:
            done = subprocess.run(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
                + ["sh", "-c", _PROBE, "probe", scratch],
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise LabError("There is no unshare(1) on this machine: install util-linux.") from error
    if done.returncode == 0:
        return
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    if done.returncode == _OVERLAY:
        raise LabError(
            f"No overlay can be mounted with its upper folder in {folder} ({reason}), but the lab keeps its "
            "changes to /etc and /var/lib in overlays: set EIC_LAB to a folder on ext4 or xfs."
        )
    if done.returncode > _OVERLAY:
        raise LabError(
            f"No XFS with reflinks can be made and mounted on a loop device in {folder} ({reason}), but the "
            "ONTAP simulator clones files with it: "
            "allow loop devices (in a container: --privileged) and load the module xfs."
        )
    raise LabError(
        f"No mount and process namespace can be made ({reason}), but the lab lives in its own: "
        "use a virtual machine, or a privileged container."
    )
