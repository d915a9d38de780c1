# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook remove_instance takes what was named and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from labkit.paths import CHECKOUT

from .http_cloud import Cloud

THERE = ["backup", "db", "db backup", "web-1", "web-2"]
GROUP = "[enhanced_instances]\nweb-1\nweb-2\n"


@pytest.fixture(name="cloud")
def the_cloud():
    with Cloud() as cloud:
        for name in THERE:
            cloud.instance(name)
        yield cloud


def remove(cloud, folder, inventory="", **variables):
    """(return code, output) of the playbook."""
    (folder / "hosts").write_text(inventory or "localhost ansible_connection=local\n")
    given = {"enhanced_instance_cloud": cloud.arguments}
    given.update({f"enhanced_instance_{name}": value for name, value in variables.items()})
    (folder / "given.json").write_text(json.dumps(given))
    book = CHECKOUT / "playbooks" / "remove_instance.yml"
    done = subprocess.run(
        [
            Path(sys.executable).parent / "ansible-playbook",
            book,
            *("-i", folder / "hosts", "-e", f"@{folder / 'given.json'}"),
            *("-e", f"ansible_python_interpreter={sys.executable}"),
        ],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variables", "gone"),
    [
        ({"names": ["db backup"]}, ["db backup"]),
        ({"names": "web-1, db backup\nweb-2"}, ["db backup", "web-1", "web-2"]),
        ({"names": ["web-1,web-2"]}, []),
        ({"count": 2, "name_pattern": "web-{index}"}, ["web-1", "web-2"]),
    ],
)
def test_what_is_named_goes(cloud, tmp_path, variables, gone):
    code, said = remove(cloud, tmp_path, **variables)
    assert code == 0, said
    assert cloud.names() == [name for name in THERE if name not in gone]
    assert len(cloud.volumes) == len(cloud.servers)


def test_a_group_of_instances_goes_where_none_is_named(cloud, tmp_path):
    code, said = remove(cloud, tmp_path, GROUP)
    assert code == 0, said
    assert cloud.names() == ["backup", "db", "db backup"]


def test_names_win_over_the_group(cloud, tmp_path):
    code, said = remove(cloud, tmp_path, GROUP, names=["web-2"])
    assert code == 0, said
    assert cloud.names() == ["backup", "db", "db backup", "web-1"]


def test_a_number_beside_the_group_is_refused(cloud, tmp_path):
    code, said = remove(cloud, tmp_path, GROUP, count=1, name_pattern="web-{index}")
    assert code == 2 and "Nothing was removed. enhanced_instance_count is given, and so is" in said
    assert cloud.names() == THERE
