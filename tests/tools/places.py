# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the checks find their tools, which `make setup` has put into the cache, and where they work."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "lab"))

from labkit import command, paths  # noqa: E402 - it lies beside us, not among the installed packages


@dataclass(frozen=True)
class Places:
    """All paths of one run."""

    checkout: Path
    tools: Path  # virtualenv: ansible-core, the SDKs, most gates
    openstack: Path  # virtualenv: the services of the lab
    importer: Path  # virtualenv: galaxy-importer, which wants other versions
    collections: Path  # folder with namespace/name of the collections that we depend on
    collections_path: Path  # what ANSIBLE_COLLECTIONS_PATH is to be, to see them and this checkout
    work: Path  # copies, logs and results of this checkout
    ansible_test_home: Path
    python_version: str

    @property
    def logs(self) -> Path:
        return self.work / "log"


def places() -> Places:
    """The places of this checkout, by the lab's own rules."""
    _python, cache = command.make_cache()
    return Places(
        checkout=CHECKOUT,
        tools=cache.tools,
        openstack=cache.openstack,
        importer=cache.importer,
        collections=cache.collections / "ansible_collections",
        collections_path=cache.checkout(CHECKOUT),
        work=cache.root / "checks" / paths.digest(str(CHECKOUT)),
        ansible_test_home=cache.root / "ansible-test",
        python_version=cache.python,
    )
