# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy checks variables before any host is changed: each example passes, and mistakes are named."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from labkit import paths, venvs

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
CHECKOUT = Path(__file__).resolve().parents[4]
# Hosts that serve as one are looked at; the examples' are this machine, on which no cinder-volume runs.
HERE = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "enhanced_instance_become": False,
}
VAULT = {
    "vault_ontap_password": "hidden-0",
    "vault_locations_password": "hidden-1",
    "vault_cinder_ontap_password": "hidden-2",
}


def check(folder, example, **variables):
    """The first plays of deploy, which are all that look at variables, on an example's inventory."""
    plays = yaml.safe_load((CHECKOUT / "playbooks/deploy.yml").read_text())
    checks = list(itertools.takewhile(lambda one: one["name"].startswith("Check "), plays))
    assert [one["hosts"] for one in checks] == ["localhost", "glance", "cinder"]
    assert all(one["any_errors_fatal"] for one in checks)
    book = folder / "check.json"
    book.write_text(json.dumps(checks))
    for part in ("tasks", "vars"):
        (folder / part).symlink_to(CHECKOUT / "playbooks" / part)
    (folder / "variables.json").write_text(json.dumps({**HERE, **VAULT, **variables}))
    done = subprocess.run(
        [
            Path(sys.executable).parent / "ansible-playbook",
            book,
            "-i",
            CHECKOUT / "examples" / example,
            "-e",
            f"@{folder / 'variables.json'}",
            "-vvv",
            "--diff",
        ],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    shown = done.stdout + done.stderr
    assert not [secret for secret in VAULT.values() if secret in shown]
    return done.returncode, shown


@pytest.mark.parametrize("example", ["packaged", "kolla", "openstack-ansible", "folder"])
def test_an_example_passes_the_checks(tmp_path, example):
    code, shown = check(tmp_path, example)
    assert code == 0, shown


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"cinder_netapp_backend_host": ""}, "so Cinder would count its space twice"),
        (
            {"cinder_netapp_mount_options": ["a"], "cinder_netapp_wait_seconds": "soon"},
            "cinder_netapp_wait_seconds",
        ),
    ],
)
def test_a_mistake_is_named_before_anything_is_changed(tmp_path, variables, sentence):
    code, shown = check(tmp_path, "packaged", **variables)
    assert code != 0
    assert sentence in shown
