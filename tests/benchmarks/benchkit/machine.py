# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine and the versions that the figures belong to."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from pathlib import Path

PACKAGES = ("ansible-core", "openstacksdk", "requests")
SERVICES = ("keystone", "glance", "openstack_placement", "cinder", "nova", "neutron")
COLLECTIONS = ("netapp/ontap", "openstack/cloud")


def facts():
    """What the figures were taken on."""
    memory = next(
        int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line
    )
    model = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model[0] if model else platform.machine(),
        "memory": f"{memory / 2**20:.0f} GiB",
        "system": system,
        "kernel": platform.release(),
        "load at the beginning": load(),
    }


def same(one, other):
    """Whether two records are of machines of one kind and system."""
    return all(one.get(key) == other.get(key) for key in ("cores", "processor", "memory", "system"))


def load():
    """Load averages over 1, 5 and 15 minutes: a machine that does other things measures those too."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


def versions(cache):
    """Names and versions of all that takes part."""
    found = {"Python": platform.python_version()}
    found.update({name: importlib.metadata.version(name) for name in PACKAGES})
    for name in COLLECTIONS:
        manifest = cache.collections / "ansible_collections" / name / "MANIFEST.json"
        if manifest.exists():
            found[name.replace("/", ".")] = json.loads(manifest.read_text())["collection_info"]["version"]
    for name in SERVICES:
        for info in cache.openstack.glob(f"lib/python*/site-packages/{name}-*.dist-info"):
            found[name.rpartition("_")[2]] = info.name.removesuffix(".dist-info").rpartition("-")[2]
    found["this collection"] = commit()
    return found


def commit():
    """The commit that was measured, as git describes it."""
    here = Path(__file__).resolve().parent
    done = subprocess.run(
        ["git", "-c", f"safe.directory={here.parents[2]}", "describe", "--always", "--dirty"],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
