# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtualenvs from lock files, kept in the cache under the lock's hash."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from .failure import LabError
from .paths import REQUIREMENTS, VENV_INSIDE
from .progress import say, step

DEBIAN_PYTHON = "/usr/bin/python3"
# Written last: a virtualenv without it was interrupted.
MARK = ".complete"
_HEARTBEAT = 15.0
# The services' own tests are a third of their size and nobody imports them.
_TESTED = ("cinder", "glance", "keystone", "neutron", "nova", "placement")


def base_python(candidates=(DEBIAN_PYTHON, sys.executable)):
    """(path, major.minor) of the Python for the virtualenvs.

    Debian's own first: every user may run it, while one in root's home is closed to the services.
    """
    for path in candidates:
        try:
            text = subprocess.run(
                [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            continue
        if tuple(map(int, text.split("."))) >= (3, 11):
            return path, text
    raise LabError("No python3 of version 3.11 or newer was found: install Debian's python3.")


def complete(folder):
    return (folder / MARK).exists()


def relocate_scripts(folder, old, new):
    """Let the scripts in ``folder`` (a bin) name the virtualenv ``new``, not ``old``; returns how many."""
    changed = 0
    for script in sorted(folder.iterdir()):
        if script.is_symlink() or not script.is_file():
            continue
        first, newline, rest = script.read_bytes().partition(b"\n")
        if first.startswith(b"#!" + str(old).encode() + b"/"):
            script.write_bytes(first.replace(str(old).encode(), str(new).encode(), 1) + newline + rest)
            changed += 1
    return changed


def build(name, folder, python, log):
    """Make the virtualenv ``folder`` from ``<name>.lock``; what an interrupted build left goes first."""
    if complete(folder):
        return
    lock = REQUIREMENTS / f"{name}.lock"
    count = sum(1 for line in lock.read_text().splitlines() if line and not line.startswith("#"))
    with step(f"virtualenv {name}: {count} packages"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        _run([python, "-m", "venv", str(folder)], log, "python3 -m venv")
        _pip_install(folder, lock, count, log)
        if name == "openstack":
            for package in _TESTED:
                for tests in folder.glob(f"lib/python3*/site-packages/{package}/tests"):
                    shutil.rmtree(tests)
            relocate_scripts(folder / "bin", folder, VENV_INSIDE)
        # The services' users may not write here, so nobody would do it later.
        _run([f"{folder}/bin/python", "-m", "compileall", "-q", "-j", "0", f"{folder}/lib"], log, None)
        (folder / MARK).write_text(f"{name}\n")


def _run(words, log, must):
    with log.open("a") as output:
        done = subprocess.run(words, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode and must:
        raise LabError(f"{must} failed; {log} tells why.")


def _pip_install(folder, lock, count, log):
    words = [f"{folder}/bin/python", "-m", "pip", "install", "--no-deps", "--no-compile", "--no-input"]
    words += ["--disable-pip-version-check", "--progress-bar", "off", "--requirement", str(lock)]
    lines = queue.Queue()
    run = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_environment(),
    )
    reader = threading.Thread(target=lambda: [lines.put(line) for line in run.stdout] and None, daemon=True)
    reader.start()
    began, last, seen, phase = time.monotonic(), time.monotonic(), 0, "fetched"
    with log.open("a") as output:
        while run.poll() is None or reader.is_alive() or not lines.empty():
            try:
                line = lines.get(timeout=1)
            except queue.Empty:
                line = ""
            output.write(line)
            seen += line.startswith("Collecting ")
            if line.startswith("Installing collected"):
                phase = "fetched, now installing"
            if time.monotonic() - last > _HEARTBEAT:
                last = time.monotonic()
                say(f"         ... {last - began:.0f} s: {seen} of {count} packages {phase}")
    if run.returncode:
        raise LabError(pip_failure(log))


def pip_failure(log):
    errors = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("ERROR: ")]
    return (
        f"pip failed ({(errors or ['no reason given'])[-1].removeprefix('ERROR: ')}), but it must reach "
        f"PyPI or the index of your pip.conf: cure that (see {log}) and run the same again."
    )


def _environment():
    """The user's own pip settings, but no Python of somebody else's virtualenv."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }


def write_lock(name, python, scratch):
    """Resolve ``<name>.in`` afresh and write its lock (for maintainers)."""
    folder = Path(scratch) / name
    _run([python, "-m", "venv", str(folder)], Path(scratch) / "lock.log", "python3 -m venv")
    words = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*words, "-r", str(REQUIREMENTS / f"{name}.in")], Path(scratch) / "lock.log", "pip install")
    words = [f"{folder}/bin/python", "-m", "pip", "freeze"]
    pins = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    head = f"# All that {name}.in resolves to, exactly. Made by: tests/lab/lab.py lock {name}\n"
    (REQUIREMENTS / f"{name}.lock").write_text(head + pins)
