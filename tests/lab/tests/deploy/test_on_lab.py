# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy, verify and drift on the enhanced lab: check mode names what the run then mends, and no more.

The tests tell one story and run in the order of the file, after the demo has enhanced the lab.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from demokit import play
from labkit import addresses, command, paths

LAB = paths.Lab(paths.lab_root().absolute())
WORDS = [Path(sys.executable).parent / "ansible-playbook", "-i", play.LAB_SOURCE / "inventory"]
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


def names(changed):
    return {task["task"].split(" : ")[-1] for task in changed}


def drifts(env, folder):
    """What deploy --check --diff -vvv would change; it shows no secret."""
    record = folder / "record.json"
    done = subprocess.run(
        [*WORDS, play.CHECKOUT / "playbooks/deploy.yml", "--check", "--diff", "-vvv"],
        env={**env, "EIC_RECORD": str(record)},
        capture_output=True,
        text=True,
        check=False,
    )
    shown = done.stdout + done.stderr
    assert done.returncode == 0, shown[-6000:]
    for file in (LAB.root / "secrets").iterdir():
        assert file.read_text().strip() not in shown, f"the secret {file.name} is shown"
    return json.loads(record.read_text())["changed"]


def test_verify_finds_nothing_broken(env):
    done = play.run("verify", env)
    assert done.ok, done.failed
    assert done.total_changed == 0


def test_drift_is_seen_in_check_mode_and_mended(env, tmp_path):
    subprocess.run([*WORDS, Path(__file__).with_name("drift.yml")], env=env, check=True)
    seen = drifts(env, tmp_path)
    assert names(seen) >= SEEN
    # vStorage and the export rule are seen on the control host, the rest where it lies.
    assert {task["host"] for task in seen} == {"localhost", "glance-1", "cinder-1"}
    mended = play.run("deploy", env)
    assert mended.ok, mended.failed
    assert names(mended.changed) == names(seen)
    assert drifts(env, tmp_path) == []
