# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `up` wrote down of the running lab, and what is to be done about what is found now."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from . import proc
from .failure import LabError
from .secret import write_private

MARK = ".openstack_ontap-lab"
UP, DOWN, BROKEN = "up", "down", "broken"


@dataclass(frozen=True)
class State:
    """One running lab: its supervisord (pid from outside, start in ticks), namespace and programs."""

    pid: int
    ticks: int
    space: str
    net: str
    programs: list = field(default_factory=list)
    complete: bool = False

    def alive(self):
        return proc.start_ticks(self.pid) == self.ticks and proc.namespace(self.pid) == self.space


def read(file):
    """The recorded State, or None when there is none that can be read."""
    try:
        return State(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write(file, state):
    write_private(file, json.dumps(asdict(state)) + "\n")


def mark(root):
    """Let ``root`` be known as the run state of a lab, so that `down` may remove it."""
    (root / MARK).write_text("The run state of a lab; `lab.py down` removes this folder.\n")


def ours(root):
    """Does ``root`` hold a lab's run state? A folder with anything else in it is somebody's and stays."""
    if not root.exists() or not any(root.iterdir()):
        return False
    if (root / MARK).exists() or (root / "state.json").exists():
        return True
    raise LabError(
        f"EIC_LAB is {root}, which holds other files, but the lab removes its folder: name a new one."
    )


def judge(state, alive, leftovers, something_there):
    """UP, DOWN or BROKEN (to be cleared away first).

    ``alive``: the recorded supervisord still runs; ``leftovers``: processes in the lab's namespace, loop
    devices or mounts of it; ``something_there``: the folder of the run state is not empty.
    """
    if state is not None and alive and state.complete:
        return UP
    if state is None and not leftovers and not something_there:
        return DOWN
    return BROKEN
