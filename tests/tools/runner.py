# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run checks, a few at a time, and say of each how long it took and whether it held.

A check is one or more commands. Its output goes into a log file; the screen shows one line per check, and the
log's end where a check failed. Interrupting the run stops the commands it started, and nothing else.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

TAIL_LINES = 60
# What pip says while it works; it hides the lines that matter.
NOISE = re.compile(
    r"^\s*(Looking in|Collecting|Downloading|Processing|Installing|Successfully|Attempting|Found existing|"
    r"Uninstalling|Using cached|Requirement already|WARNING: Location|\S+ \d+\.\d+/\d)|\u2501"
)


@dataclass(frozen=True)
class Command:
    """One program with its arguments; *env* is added to ours."""

    words: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """A named check. *prepare* makes its commands when its turn comes.

    Its tests are counted by the junit files it leaves, or by *count* from its log; else it counts as one.
    """

    name: str
    meaning: str
    prepare: Callable[[], list[Command]]
    junit: Path | None = None
    count: Callable[[str], tuple[int, int, int]] | None = None
    limit: float = 900.0  # seconds for all its commands


@dataclass(frozen=True)
class Result:
    """What became of a check. The counts are those of its tests; without tests the check counts as one."""

    name: str
    ok: bool
    seconds: float
    passed: int
    failed: int
    skipped: int
    log: Path
    why: str = ""


def count_tests(junit: Path | None) -> tuple[int, int, int] | None:
    """Passed, failed and skipped tests of a junit file, or of all those of a folder; None without any."""
    if junit is None or not junit.exists():
        return None
    files = sorted(junit.glob("*.xml")) if junit.is_dir() else [junit]
    total = failed = skipped = 0
    for file in files:
        for suite in ElementTree.parse(file).getroot().iter("testsuite"):
            total += int(suite.get("tests", 0))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0))
    return (total - failed - skipped, failed, skipped) if total else None


class Runner:
    """Runs checks; one instance for one run."""

    def __init__(self, logs: Path, at_once: int = 2, out=sys.stdout) -> None:
        self.logs = logs
        self.at_once = at_once
        self.out = out
        self.results: list[Result] = []
        self._lock = threading.RLock()  # a signal's handler may come while it is held
        self._running: set[subprocess.Popen] = set()
        self._stopped = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)

    def say(self, text: str) -> None:
        with self._lock:
            print(text, file=self.out, flush=True)

    def run(self, checks: list[Check]) -> None:
        """Run the checks; results are added to .results in the order in which the checks ended."""
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                for future in [pool.submit(self._run_one, check) for check in checks]:
                    future.result()
            except BaseException:
                self.stop()  # else leaving the pool would wait for all that was submitted
                raise

    def stop(self) -> None:
        """End what runs, and start nothing more."""
        self._stopped.set()
        with self._lock:
            for process in self._running:
                end_group(process)

    def _run_one(self, check: Check) -> None:
        if self._stopped.is_set():
            return
        log = self.logs / f"{check.name}.log"
        self.say(f"  ..      {check.name:<14} {check.meaning}")
        started = time.monotonic()
        why = self._execute(check, log, started + check.limit)
        seconds = time.monotonic() - started
        counts = check.count(log.read_text(errors="replace")) if check.count else count_tests(check.junit)
        passed, failed, skipped = counts or (int(not why), int(bool(why)), 0)
        if why and not failed:
            failed = 1
        result = Result(check.name, not why and not failed, seconds, passed, failed, skipped, log, why)
        self.add(result, counts is not None)

    def add(self, result: Result, has_tests: bool = False) -> None:
        """Count a result and show it."""
        with self._lock:
            self.results.append(result)
        self._report(result, has_tests)

    def _execute(self, check: Check, log: Path, deadline: float) -> str:
        """Run the check's commands one after the other; return why it failed, or nothing."""
        if check.junit is not None and check.junit.is_file():
            check.junit.unlink()  # counts of an earlier run are not this run's
        with log.open("w") as out:
            try:
                commands = check.prepare()
            except Exception as error:  # a check that cannot even start is a failed check, not a crash
                out.write(f"{type(error).__name__}: {error}\n")
                return f"could not start: {error}"
            for command in commands:
                why = self._command(command, out, deadline)
                if why:
                    return why
        return ""

    def _command(self, command: Command, out, deadline: float) -> str:
        out.write(f"$ {' '.join(command.words)}\n")
        out.flush()
        try:
            process = subprocess.Popen(
                command.words,
                cwd=command.cwd,
                env={**os.environ, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return f"{command.words[0]} could not be started: {error.strerror}"
        with self._lock:
            self._running.add(process)
        if self._stopped.is_set():
            end_group(process)
        try:
            code = process.wait(max(1.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            end_group(process)
            return "took longer than its limit and was stopped"
        finally:
            with self._lock:
                self._running.discard(process)
        if self._stopped.is_set():
            return "stopped"
        return f"{Path(command.words[0]).name} ended with {code}" if code else ""

    def _report(self, result: Result, has_tests: bool) -> None:
        tests = f"  {result.passed} passed" if has_tests else ""
        if has_tests and result.failed:
            tests += f", {result.failed} failed"
        if result.skipped:
            tests += f", {result.skipped} skipped"
        self.say(f"  {'ok' if result.ok else 'FAILED':<8}{result.name:<14} {result.seconds:6.1f} s{tests}")
        if not result.ok:
            lines = [
                line for line in result.log.read_text(errors="replace").splitlines() if not NOISE.search(line)
            ]
            shown = "\n".join(f"      | {line}" for line in lines[-TAIL_LINES:])
            self.say(f"{shown}\n      {result.why or 'tests failed'}; whole log: {result.log}")

    def summary(self, seconds: float) -> tuple[str, bool]:
        """The last line, and whether all held."""
        passed = sum(result.passed for result in self.results)
        failed = sum(result.failed for result in self.results)
        skipped = sum(result.skipped for result in self.results)
        line = f"{passed} passed, {failed} failed"
        if skipped:
            line += f", {skipped} skipped"
        return f"{line} in {seconds:.0f} s", failed == 0 and all(result.ok for result in self.results)


def end_group(process: subprocess.Popen) -> None:
    """Ask a command and its children to end; make them, if they do not."""
    for signal_number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, signal_number)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
