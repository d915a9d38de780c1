# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps what: the cache (shared by all clones), the run state of the one lab, this checkout."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

LAB_SOURCE = Path(__file__).resolve().parents[1]
CHECKOUT = LAB_SOURCE.parents[1]
REQUIREMENTS = LAB_SOURCE / "requirements"
# The services' virtualenv, as seen inside the lab by every user of it.
VENV_INSIDE = "/var/lib/openstack"
SUPERVISOR_SOCKET = "/var/lib/supervisor/lab.sock"
SUPERVISOR_CONFIG = "/etc/supervisor/lab.conf"


def digest(*parts):
    """A short name for a content: strings, bytes or paths of files."""
    found = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part
        content = content.encode() if isinstance(content, str) else content
        found.update(hashlib.sha256(content).digest())
    return found.hexdigest()[:12]


@dataclass(frozen=True)
class Cache:
    """The user's cache folder; ``python`` (major.minor) tells virtualenvs of two Pythons apart."""

    root: Path
    python: str = "3"

    def venv(self, name):
        return self.root / f"{name}-{digest(REQUIREMENTS / f'{name}.lock', self.python)}"

    @property
    def tools(self):
        return self.venv("tools")

    @property
    def openstack(self):
        return self.venv("openstack")

    @property
    def importer(self):
        return self.venv("importer")

    @property
    def collections(self):
        return self.root / f"collections-{digest(REQUIREMENTS / 'collections.lock')}"

    def checkout(self, checkout=CHECKOUT):
        """One directory for ANSIBLE_COLLECTIONS_PATH that sees this checkout as an installed collection."""
        return self.root / "checkouts" / digest(str(checkout))

    def prepared(self, net):
        """The saved databases after the schema steps; everything that shapes them is in the name."""
        sources = [LAB_SOURCE / "labkit" / name for name in ("bootstrap.py", "schema.py", "prepared.py")]
        sources.append(LAB_SOURCE / "openstack/etc/mysql-lab/my.cnf")
        return self.root / f"prepared-{digest(REQUIREMENTS / 'openstack.lock', self.python, net, *sources)}"


@dataclass(frozen=True)
class Lab:
    """The run state of one lab, all of it below ``root``."""

    root: Path

    def __getattr__(self, name):
        return self.root / _PARTS[name]

    def secret(self, name):
        return (self.secrets / name).read_text().strip()


_PARTS = {
    "state": "state.json",
    "overlay": "overlay",
    "data": "data",
    "secrets": "secrets",
    "ca": "ca",
    "log": "log",
    "bin": "bin",
    "ontap": "ontap",
    "plain": "plain",
    "clouds": "clouds.yaml",
}


def cache_root():
    if os.environ.get("EIC_CACHE"):
        return Path(os.environ["EIC_CACHE"]).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/root") / ".cache"
    return Path(base) / "openstack_ontap"


def lab_root():
    return Path(os.environ["EIC_LAB"]).absolute() if os.environ.get("EIC_LAB") else cache_root() / "lab"
