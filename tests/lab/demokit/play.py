# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook against the lab and keep what it did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB_SOURCE = HERE.parent
CHECKOUT = LAB_SOURCE.parents[1]


@dataclass(frozen=True)
class Play:
    """A finished run of a playbook, as the callback plugin recorded it."""

    playbook: str
    code: int
    seconds: float
    hosts: dict  # host -> {ok, changed, failures, unreachable, skipped, ...}
    changed: list[dict]  # the tasks that changed something: task, module, host, msg
    failed: list[dict]
    results: list[dict]  # of this collection's own modules: task, module, host, started, ended, result

    @property
    def total_changed(self) -> int:
        return sum(host["changed"] for host in self.hosts.values())

    @property
    def ok(self) -> bool:
        return self.code == 0 and not any(
            host["failures"] or host["unreachable"] for host in self.hosts.values()
        )

    def result_of(self, module: str) -> dict:
        """The last result of one of our modules that looked like its full result; empty if it did not run."""
        found = [
            entry["result"]
            for entry in self.results
            if entry["module"].endswith(f".{module}") and not entry["result"].get("skipped")
        ]
        return found[-1] if found else {}

    def results_of(self, module: str) -> list[dict]:
        return [entry["result"] for entry in self.results if entry["module"].endswith(f".{module}")]

    def seconds_of(self, module: str, last: bool = False) -> float | None:
        """From the start of the module's first (or last) task to the end of its last; None if none ran."""
        found = [
            entry
            for entry in self.results
            if entry["module"].endswith(f".{module}") and not entry["result"].get("skipped")
        ]
        return found[-1]["ended"] - found[-1 if last else 0]["started"] if found else None


def environment(collections_path: Path, lab: Path) -> dict[str, str]:
    """What ansible-playbook needs in its environment to work on the lab."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "lab_record",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "EIC_LAB": str(lab),
        "OS_CLIENT_CONFIG_FILE": str(lab / "clouds.yaml"),
    }


def run(
    playbook: str | Path,
    env: dict[str, str],
    variables: dict | None = None,
    check: bool = False,
    output=None,
    limit: str = "",
    inventories: tuple = (),
) -> Play:
    """Run ``playbooks/<playbook>.yml``, or a file, with the lab's inventory, on the hosts of *limit*.

    *inventories* are files that add to it. Its output goes to the screen, or to the open file *output*.
    """
    book = playbook if isinstance(playbook, Path) else CHECKOUT / "playbooks" / f"{playbook}.yml"
    with tempfile.TemporaryDirectory(prefix="eic-record-") as folder:
        record = Path(folder) / "record.json"
        command = [
            str(Path(sys.executable).parent / "ansible-playbook"),
            str(book),
            "-i",
            str(LAB_SOURCE / "inventory"),
        ]
        for file in inventories:
            command += ["-i", str(file)]
        if variables:
            command += ["-e", json.dumps(variables)]
        if limit:
            command += ["--limit", limit]
        if check:
            command += ["--check", "--diff"]
        started = time.monotonic()
        done = subprocess.run(
            command,
            env={**env, "EIC_RECORD": str(record)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            check=False,
        )
        seconds = time.monotonic() - started
        found = json.loads(record.read_text()) if record.exists() else {}
    return Play(
        book.stem,
        done.returncode,
        seconds,
        found.get("hosts", {}),
        found.get("changed", []),
        found.get("failed", []),
        found.get("results", []),
    )
