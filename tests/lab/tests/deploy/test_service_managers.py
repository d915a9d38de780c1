# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that the roles say to systemd and to container engines, heard by stand-ins of their commands.

The lab has neither; its own services are restarted under supervisord by the tests with the lab.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from labkit import paths, venvs

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "{log}"
case $1 in show) printf 'LoadState=loaded\\nActiveState=active\\nUnitFileState=enabled\\n' ;; esac
"""


def restart(folder, role, manager, *options):
    log = folder / "said"
    for name in ("systemctl", "docker", "podman"):
        program = folder / name
        program.write_text(STAND_IN.format(log=log))
        program.chmod(0o755)
    tasks = [
        {
            "ansible.builtin.include_role": {
                "name": f"openstack_ontap.enhanced_instance.{role}",
                "tasks_from": f"restart_{manager}",
            }
        }
    ]
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "environment": {"PATH": f"{folder}:{os.environ['PATH']}"},
        "tasks": tasks,
    }
    book = folder / "play.json"
    book.write_text(json.dumps([play]))
    python = f"ansible_python_interpreter={sys.executable}"
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", book, "-e", python, *options],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed=1" in done.stdout
    return [line for line in (log.read_text().splitlines() if log.exists() else []) if "restart" in line]


@pytest.mark.parametrize(
    ("role", "manager", "said"),
    [
        ("cinder_netapp", "systemd", "systemctl restart cinder-volume"),
        ("glance_netapp", "systemd", "systemctl restart glance-api"),
        ("cinder_netapp", "container", "docker restart cinder-volume"),
    ],
)
def test_a_restart(tmp_path, role, manager, said):
    assert restart(tmp_path, role, manager) == [said]


def test_another_engine_and_check_mode(tmp_path):
    options = ("-e", "enhanced_instance_container_engine=podman", "-e", "glance_netapp_service=glance_api")
    assert restart(tmp_path, "glance_netapp", "container", *options) == ["podman restart glance_api"]
    (tmp_path / "said").unlink()
    assert restart(tmp_path, "glance_netapp", "container", *options, "--check") == []
