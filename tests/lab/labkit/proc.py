# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes and mounts as the kernel sees them; whose they are is told by mounts, never by a name."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

PROC = Path("/proc")


def start_ticks(pid):
    """When ``pid`` started (ticks since boot), None when it is gone. Together they name one process."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def namespace(pid, kind="mnt"):
    try:
        return os.readlink(PROC / str(pid) / "ns" / kind)
    except OSError:
        return None


def children(pid):
    try:
        return [
            int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
        ]
    except OSError:
        return []


def mentions_overlay(mountinfo, overlay):
    """Is one of the overlays of ``mountinfo`` written to below ``overlay`` (a folder)?"""
    return re.search(rf"upperdir={re.escape(str(overlay))}/", mountinfo) is not None


def processes_on(overlay):
    """Processes that live in a mount namespace whose overlays are below the folder ``overlay``."""
    found, known = [], {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        space = namespace(entry.name)
        if space is None:
            continue
        if space not in known:
            try:
                known[space] = mentions_overlay((entry / "mountinfo").read_text(), overlay)
            except OSError:
                continue
        if known[space]:
            found.append(int(entry.name))
    return sorted(found)


def kill(pids, seconds=10.0):
    """Kill exactly these processes and wait until they are gone; False when one of them stays."""
    marks = {pid: start_ticks(pid) for pid in pids}
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + seconds
    while any(mark is not None and start_ticks(pid) == mark for pid, mark in marks.items()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def loop_devices(folder):
    """Loop devices whose backing file is below ``folder``."""
    found = []
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            path = backing.read_text().strip().removesuffix(" (deleted)")
        except OSError:
            continue
        if path.startswith(f"{folder}/"):
            found.append(f"/dev/{backing.parts[3]}")
    return found


def mounts_below(folder):
    """Mount points below ``folder`` in our own namespace, deepest first."""
    found = []
    for line in (PROC / "self/mountinfo").read_text().splitlines():
        point = line.split()[4].encode().decode("unicode_escape")
        if point == str(folder) or point.startswith(f"{folder}/"):
            found.append(point)
    return sorted(found, reverse=True)
