# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook, time it, and tell where the time went."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from .record import Timing

BENCHMARKS = Path(__file__).resolve().parents[1]
CHECKOUT = BENCHMARKS.parents[1]
INVENTORY = CHECKOUT / "tests" / "lab" / "inventory"
RIVALS = BENCHMARKS / "rivals"
# No play may take longer than this, in seconds: a rival that hangs must not stop the suite.
LIMIT = 1800


@dataclass
class Play:
    """A finished run. ``processes`` are the Python programs that it started (modules, mostly)."""

    code: int
    seconds: float
    tasks: list[dict] = field(default_factory=list)
    hosts: dict = field(default_factory=dict)
    processes: list[dict] = field(default_factory=list)
    log: str = ""

    @property
    def failed(self) -> str:
        """Why it failed, as a sentence; empty when it did not."""
        broken = [task for task in self.tasks if task["failed"]]
        if broken:
            return f"task '{broken[0]['task']}' failed: {broken[0]['msg'][:300]}"
        if self.code:
            return f"ansible-playbook ended with {self.code}: {self.log[-300:]}"
        return ""

    @property
    def modules(self) -> list[dict]:
        """The processes that were modules."""
        return [one for one in self.processes if one["program"].startswith("AnsiballZ_")]

    @property
    def requests(self) -> int:
        return sum(one["requests"] for one in self.modules)

    def requests_to(self, sides: dict) -> dict:
        """Side -> requests of the modules to it; ``sides`` are names with the ports that belong to each."""
        found = dict.fromkeys(sides, 0)
        for module in self.modules:
            for there, number in module["asked"].items():
                port = int(there.rpartition(":")[2])
                for side, ports in sides.items():
                    found[side] += number if port in ports else 0
        return found

    @property
    def changed(self) -> int:
        return sum(host.get("changed", 0) for host in self.hosts.values())

    @property
    def task_count(self) -> int:
        """Tasks that ran, items of loops counted."""
        return sum(task["items"] for task in self.tasks if not task["skipped"])

    def results_of(self, module: str) -> list[dict]:
        """What our module of that name returned, each time it ran."""
        return [
            task["result"]
            for task in self.tasks
            if task["result"] and not task["skipped"] and task["module"].endswith(f".{module}")
        ]

    def where(self) -> dict:
        """Part -> seconds; parts of several modules at once are added up, so they may exceed the whole."""
        modules = self.modules
        known = [(one["began"], one["ended"]) for one in modules]
        busy = union(known)
        rest = {
            "interpreter": sum(one["interpreter"] for one in modules),
            "imports": sum(one["imports"] for one in modules),
            "requests": sum(one["in_requests"] for one in modules),
        }
        own = waiting = 0.0
        for one in modules:
            left = one["ended"] - one["began"] - one["interpreter"] - one["imports"] - one["in_requests"]
            work = min(max(0.0, left), max(0.0, one["cpu"] - one["import_cpu"]))
            own, waiting = own + work, waiting + max(0.0, left - work)
        return {"ansible": max(0.0, self.seconds - busy), **rest, "own work": own, "waiting": waiting}

    def timing(self, name: str, size: str = "", ours: bool = False, note: str = "") -> Timing:
        """The measurement of this run."""
        counts = {
            "modules started": len(self.modules),
            "requests": self.requests,
            "tasks": self.task_count,
        }
        return Timing(name, self.seconds, [self.seconds], ours, size, counts, self.where(), note, self.failed)


def union(spans) -> float:
    """Seconds covered by at least one of the spans."""
    total, end = 0.0, float("-inf")
    for first, last in sorted(spans):
        total += max(0.0, last - max(first, end))
        end = max(end, last)
    return total


def environment(collections_path: str, extra: dict | None = None) -> dict:
    """What ansible-playbook runs with; the same for ours and for the rivals."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": collections_path,
        "ANSIBLE_CALLBACK_PLUGINS": str(BENCHMARKS / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "bench_tasks",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "ANSIBLE_NOCOLOR": "1",
        "PYTHONPATH": str(BENCHMARKS / "probe"),
        **(extra or {}),
    }


def play(playbook, env, variables=None, inventory=INVENTORY, options=(), limit=LIMIT) -> Play:
    """Run a playbook (a path, or a name of ours); never raises for what it did."""
    path = Path(playbook) if str(playbook).endswith(".yml") else CHECKOUT / "playbooks" / f"{playbook}.yml"
    with tempfile.TemporaryDirectory(prefix="eic-bench-") as folder:
        probes, tasks = Path(folder, "probes"), Path(folder, "tasks.json")
        probes.mkdir()
        probes.chmod(0o777)
        words = [str(Path(sys.executable).parent / "ansible-playbook"), str(path), "-i", str(inventory)]
        if variables:
            # In a file of our own, because a command line is everybody's to read.
            given = Path(folder, "variables.json")
            given.touch(mode=0o600)
            given.write_text(json.dumps(variables))
            words += ["-e", f"@{given}"]
        began = time.monotonic()
        try:
            done = subprocess.run(
                [*words, *options],
                env={**env, "EIC_BENCH_PROBE": str(probes), "EIC_BENCH_TASKS": str(tasks)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=limit,
                check=False,
            )
            code, log = done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            code, log = 124, f"stopped after {limit} s"
        seconds = time.monotonic() - began
        found = json.loads(tasks.read_text()) if tasks.exists() else {}
        processes = [json.loads(file.read_text()) for file in sorted(probes.glob("*.json"))]
    return Play(code, seconds, found.get("tasks", []), found.get("hosts", {}), processes, log)


def middle(timings: list[Timing]) -> Timing:
    """Several runs of one contender as one measurement: the median run, with all samples."""
    good = sorted((one for one in timings if not one.failed), key=lambda one: one.seconds)
    if not good:
        return timings[0]
    chosen = good[(len(good) - 1) // 2]
    chosen.samples = [one.seconds for one in timings if not one.failed]
    return chosen
