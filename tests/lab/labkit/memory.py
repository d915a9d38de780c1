# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory each program of the lab takes, with all its children."""

from __future__ import annotations

from . import proc


def _record(pid):
    """(pid inside, parent, KiB) of a process; shared pages count in shares (PSS)."""
    folder = proc.PROC / str(pid)
    status = dict(
        line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line
    )
    rollup = (folder / "smaps_rollup").read_text()
    pss = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return int(status["NSpid"].split()[-1]), int(status["PPid"]), pss


def sum_by_program(records, top):
    """{pid inside of a child of ``top``: KiB of it and all below}, from {pid: (pid inside, parent, KiB)}."""
    found = {}
    for pid, (_inner, _parent, used) in records.items():
        head = pid
        while records[head][1] in records and records[head][1] != top:
            head = records[head][1]
        found[records[head][0]] = found.get(records[head][0], 0) + used
    return found


def by_program(pids, top):
    records = {}
    for pid in pids:
        try:
            records[pid] = _record(pid)
        except (OSError, KeyError, ValueError):
            continue
    return sum_by_program(records, top)
