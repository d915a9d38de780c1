# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test integration: the targets of the ONTAP modules on the simulator alone, all others on the
enhanced lab.

Both get their variables from ``tests/integration/integration_config.yml``, as they would for a real cluster
and cloud. target_run.py writes that file into the copy and then runs ansible-test.
"""

from __future__ import annotations

import re
from pathlib import Path

from gates import Gates
from labkit import paths
from places import Places
from runner import Check, Command

TARGETS = Path("tests", "integration", "targets")
NEEDS_ONTAP_ONLY = ("ontap_", "copy_offload_")


def targets(places: Places) -> list[str]:
    """The names of the targets that are tests (those with the alias hidden are helpers)."""
    found = []
    for folder in sorted((places.checkout / TARGETS).glob("*/")):
        aliases = folder / "aliases"
        if "hidden" not in (aliases.read_text().split() if aliases.exists() else []):
            found.append(folder.name)
    return found


def count(log: str) -> tuple[int, int, int]:
    """Passed, failed and skipped targets, from what ansible-test says."""
    ran = len(re.findall(r"^Running \S+ integration test (?:role|script)$", log, re.MULTILINE))
    named = re.search(r"^FATAL: The (\d+) integration test", log, re.MULTILINE)
    failed = int(named.group(1)) if named else int("\nFATAL: " in log)
    return max(0, ran - failed), failed, 0


def run(places: Places, tree: str, against: str, names: list[str]) -> list[Command]:
    """One ansible-test for all *names*, against the simulator or the lab."""
    if not names:
        return []
    inner = Gates(places).ansible_test(tree, "integration", "--continue-on-error", *names)
    words = (
        str(places.tools / "bin" / "python"),
        str(places.checkout / "tests" / "tools" / "target_run.py"),
        against,
        str(inner.cwd / "tests" / "integration" / "integration_config.yml"),
        "--",
        *inner.words,
    )
    # ansible-test gets a home of its own; the lab is still found where this run has it.
    places_of_lab = {"EIC_CACHE": str(paths.cache_root()), "EIC_LAB": str(paths.lab_root())}
    return [Command(words, inner.cwd, {**inner.env, **places_of_lab})]


def on_simulator(places: Places) -> Check:
    names = [name for name in targets(places) if name.startswith(NEEDS_ONTAP_ONLY)]
    return Check(
        "targets-ontap",
        f"ansible-test integration, {len(names)} targets on the simulator",
        lambda: run(places, "targets-ontap", "simulator", names),
        count=count,
        limit=1200.0,
    )


def on_lab(places: Places) -> Check:
    names = [name for name in targets(places) if not name.startswith(NEEDS_ONTAP_ONLY)]
    return Check(
        "targets-lab",
        f"ansible-test integration, {len(names)} targets on the lab",
        lambda: run(places, "targets-lab", "lab", names),
        count=count,
        limit=1800.0,
    )
