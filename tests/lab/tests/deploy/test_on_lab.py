# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy, verify and drift on the enhanced lab: check mode names what the run then mends, and no more.

The tests tell one story and run in the order of the file, after the demo has enhanced the lab.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from demokit import play
from labkit import addresses, command, paths

LAB = paths.Lab(paths.lab_root().absolute())
# The tasks that see each drift, and the restarts that follow.
SEEN = {
    "Give Glance its directory",
    "Say where images lie, for Cinder's driver, and write the options of the store",
    "Write the options, and the files that they name",
    "Restart the program under supervisord",
}


@pytest.fixture(scope="module")
def env():
    if not LAB.state.exists():
        pytest.fail("These tests need the lab: run make demo first.")
    _python, cache = command.make_cache()
    net = addresses.from_environment().net
    return {**play.environment(cache.checkout(), LAB.root), "EIC_NET": net}


def names(done):
    return {task["task"].split(" : ")[-1] for task in done.changed}


def test_verify_finds_nothing_broken(env):
    done = play.run("verify", env)
    assert done.ok, done.failed
    assert done.total_changed == 0


def test_drift_is_seen_in_check_mode_and_mended(env):
    words = [Path(sys.executable).parent / "ansible-playbook", "-i", play.LAB_SOURCE / "inventory"]
    subprocess.run([*words, Path(__file__).with_name("drift.yml")], env=env, check=True)
    checked = play.run("deploy", env, check=True)
    assert checked.ok, checked.failed
    assert names(checked) >= SEEN
    # vStorage and the export rule are seen on the control host, the rest where it lies.
    assert {task["host"] for task in checked.changed} == {"localhost", "glance-1", "cinder-1"}
    mended = play.run("deploy", env)
    assert mended.ok, mended.failed
    assert names(mended) == names(checked)
    again = play.run("deploy", env, check=True)
    assert again.ok, again.failed
    assert again.changed == []
