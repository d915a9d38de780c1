# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages: what is missing is installed, without any daemon being started."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from .failure import LabError
from .paths import REQUIREMENTS
from .progress import say, step

POLICY = Path("/usr/sbin/policy-rc.d")
_MARK = "# Put here by the lab's set-up while it installs packages."
# Units that Debian would start at the next boot; the lab starts its own instances.
_UNITS = {
    "mariadb-server": ("mariadb.service",),
    "rabbitmq-server": ("rabbitmq-server.service", "epmd.service", "epmd.socket"),
}


def wanted(text=None):
    text = (REQUIREMENTS / "apt.txt").read_text() if text is None else text
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def installed(answer):
    """Names in the answer of ``dpkg-query -W -f '${Package} ${db:Status-Status}\\n'``."""
    return {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}


def missing(packages):
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    there = installed(done.stdout)
    return [name for name in packages if name not in there]


@contextlib.contextmanager
def no_daemons(policy=POLICY):
    """A policy-rc.d that forbids starts; the machine's own one stays, one left by a killed set-up is ours."""
    ours = not policy.exists() or _MARK in policy.read_text(errors="replace")
    if ours:
        policy.write_text(f"#!/bin/sh\n{_MARK}\nexit 101\n")
        policy.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            policy.unlink(missing_ok=True)


def install(names, log):
    """Install the packages ``names``; with none there is nothing to do."""
    if not names:
        return
    say(f"  Debian packages to install: {' '.join(names)}")
    with no_daemons():
        with step("apt-get update"):
            # A mirror that fails is no reason to stop while the packages can still be had.
            _apt(["update"], log, must=False)
        with step("apt-get install"):
            _apt(["install", "--yes", "--no-install-recommends", *names], log, must=True)
    units = [unit for name in names for unit in _UNITS.get(name, ())]
    # A container or chroot has no systemd, and nothing there would start them at boot.
    if units and shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", *units], capture_output=True, check=False)


def _apt(words, log, must):
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    with log.open("a") as output:
        done = subprocess.run(
            ["apt-get", "-o", "Acquire::Retries=2", "-o", "DPkg::Lock::Timeout=300", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
    if done.returncode and must:
        errors = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("E: ")]
        raise LabError(
            f"apt-get {words[0]} failed ({(errors or ['no reason given'])[-1]}), but it must reach "
            f"the mirror of /etc/apt/sources.list*: cure that (see {log}) and run the same again."
        )
