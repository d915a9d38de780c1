# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that use the lab's parts: without the lab running, and on the running lab."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import integration  # first: with it the lab's packages come onto the path
from demokit import plain
from gates import Gates
from labkit import command
from places import Places
from runner import Check, Command, Result, Runner


def pytest_check(places: Places, name: str, meaning: str, *targets: str, limit: float = 900.0) -> Check:
    """A check that is a run of pytest in the checkout, counted by its junit file."""
    junit = places.work / "junit" / f"{name}.xml"
    words = (
        str(places.tools / "bin" / "python"),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--junit-xml={junit}",
        *targets,
    )
    collections = str(places.collections_path)
    env = {
        **Gates(places).tools_env,
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "PYTHONPATH": collections,
        # The simulator's judges: upstream's driver runs in the services' virtualenv.
        "EIC_TOOLS_PYTHON": str(places.tools / "bin" / "python"),
        "EIC_OPENSTACK_PYTHON": str(places.openstack / "bin" / "python"),
    }
    return Check(name, meaning, lambda: [Command(words, places.checkout, env)], junit=junit, limit=limit)


# Folders of tests/lab/tests, slowest first; one that is not named here runs too.
FOLDERS = {
    "awx": "the role and the playbooks for AWX, against a stand-in of its API",
    "sim": "the ONTAP simulator, judged by upstream's clients",
    "ontap": "our ONTAP modules on the simulator",
    "svm": "the role ontap_svm on the simulator, with the least rights",
    "flow": "cache entries on the simulator",
    "deploy": "what the roles write, read by Cinder's own code",
    "labkit": "the lab's own tools",
    "benchmarks": "the benchmark suite, and the counts that it states",
}

# These need the lab up, so they run among the checks with it.
NEED_LAB = ("test_demo.py", "test_prime.py", "test_layouts_on_lab.py")
AWX_ON_LAB = "tests/lab/tests/awx/test_on_lab.py"
SAN_ON_LAB = "tests/lab/tests/san/test_san_flow.py"
DEPLOY_ON_LAB = "tests/lab/tests/deploy/test_on_lab.py"
CLUSTER_ON_LAB = "tests/lab/tests/deploy/test_cluster_on_lab.py"


def without_lab(places: Places) -> list[Check]:
    """Checks of the lab's parts, and of our ONTAP modules against the simulator alone."""
    tests = places.checkout / "tests" / "lab" / "tests"
    parts = [str(file) for file in sorted(tests.glob("test_*.py")) if file.name not in NEED_LAB]
    # The folder san holds nothing but a test on the lab.
    found = {file.parent.name for file in tests.glob("*/test_*.py")} - {Path(SAN_ON_LAB).parent.name}
    there = [*(name for name in FOLDERS if name in found), *sorted(found - set(FOLDERS))]
    return [
        integration.on_simulator(places),
        *[
            pytest_check(
                places,
                name,
                FOLDERS.get(name, ""),
                f"tests/lab/tests/{name}",
                f"--ignore={AWX_ON_LAB}",
                f"--ignore={DEPLOY_ON_LAB}",
                f"--ignore={CLUSTER_ON_LAB}",
            )
            for name in there
        ],
        pytest_check(places, "lab-parts", "the bootable image and the demo's parts", *parts),
    ]


def with_lab(places: Places) -> list[Check]:
    """Checks on the running lab, in this order: the demo makes the plain lab an enhanced one."""
    return [
        pytest_check(
            places, "demo", "the main job end to end, twice", "tests/lab/tests/test_demo.py", limit=1800.0
        ),
        pytest_check(
            places, "prime", "a qcow2 image primed and pruned", "tests/lab/tests/test_prime.py", limit=1800.0
        ),
        integration.on_lab(places),
        pytest_check(
            places,
            "awx-lab",
            "job templates of AWX on the lab",
            AWX_ON_LAB,
            limit=1800.0,
        ),
        pytest_check(
            places,
            "deploy-lab",
            "verify, and drift that deploy sees and mends, on the lab",
            DEPLOY_ON_LAB,
            limit=1800.0,
        ),
        pytest_check(
            places,
            "cluster-lab",
            "two hosts of cinder-volume, as one cluster and one at a time, and back",
            CLUSTER_ON_LAB,
            limit=1800.0,
        ),
        # Takes what deploy made away again, with all instances; the next check deploys anew.
        pytest_check(
            places,
            "san-lab",
            "LUN clones from deploy to teardown, beside the NFS backend",
            SAN_ON_LAB,
            limit=1800.0,
        ),
        # Last, because it gives the cloud more backends and stores.
        pytest_check(
            places,
            "layouts",
            "telling layouts of images and volumes beside the stock driver",
            "tests/lab/tests/test_layouts_on_lab.py",
            limit=1800.0,
        ),
    ]


class Lab:
    """The plain lab, up as long as this context lasts, and gone after it."""

    def __init__(self, places: Places, runner: Runner) -> None:
        self.command = [sys.executable, str(places.checkout / "tests" / "lab" / "lab.py")]
        self.log = places.logs / "lab.log"
        self.runner = runner

    def __enter__(self) -> Lab:
        try:
            if plain.ours_is_up():
                self._run("down", "take the lab of the last demo down")
            up = self._run("up", "bring the plain lab up")
            if up:
                plain.mark()
        except BaseException:
            self._run("down", "take down what came up")
            raise
        if not up:
            raise LabFailed
        return self

    def __exit__(self, *_exception) -> None:
        self._run("down", "leave nothing of the lab behind")
        left = command.the_life().leftovers()
        why = f"lab-down left {left}" if left else ""
        self.runner.add(
            Result("nothing-left", not left, 0.0, int(not left), int(bool(left)), 0, self.log, why)
        )

    def _run(self, action: str, meaning: str) -> bool:
        """Call the lab's command; a failure counts as a failed check."""
        name = f"lab-{action}"
        self.runner.say(f"  ..      {name:<14} {meaning}")
        started = time.monotonic()
        with self.log.open("w") as out:
            code = subprocess.run(
                [*self.command, action],
                env=dict(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        why = f"lab.py {action} ended with {code}" if code else ""
        seconds = time.monotonic() - started
        self.runner.add(Result(name, not code, seconds, int(not code), int(bool(code)), 0, self.log, why))
        return not code


class LabFailed(Exception):
    """The lab did not come up; it has been reported already."""
