# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last play of teardown, on a stand-in for Keystone and Cinder: what deploy made goes, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from labkit import paths, venvs

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import deployment

from .stub_cloud import Cloud, serving

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
CHECKOUT = Path(__file__).resolve().parents[4]
TENANT = "Owns Cinder's image-volumes"
VARIABLES = {
    "enhanced_instance_admin_cloud": "stub",
    "enhanced_instance_ontap": [{"hostname": "svm.example.com", "vserver": "svm1"}],
    "enhanced_instance_backends": [
        {"name": "ontap_nfs", "volume_type": "enhanced"},
        {"name": "ontap_iscsi", "protocol": "iscsi", "volume_type": "gold"},
    ],
    "enhanced_instance_flexvols": [
        {"name": "cinder_a", "lif": "192.0.2.11", "glance_directory": "glance"},
        {"name": "san_a", "backend": "ontap_iscsi"},
    ],
    "enhanced_instance_locations_user": "reader",
    "enhanced_instance_internal_user": "owner",
    "enhanced_instance_internal_project": "owners",
    "enhanced_instance_teardown_backend": True,
    "__pools": {"pools": [{"name": "a@ontap_iscsi#san_a", "protocol": "iscsi"}]},
}


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Start a stand-in, and let clouds.yaml lead to it."""
    with ExitStack() as stack:

        def start(cloud):
            clouds = stack.enter_context(serving(cloud, tmp_path))
            monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))

        yield start


def tear_down(folder, *options):
    plays = yaml.safe_load((CHECKOUT / "playbooks/teardown.yml").read_text())
    book = folder / "last.json"
    book.write_text(json.dumps(plays[-1:]))
    for part in ("tasks", "vars"):
        if not (folder / part).exists():
            (folder / part).symlink_to(CHECKOUT / "playbooks" / part)
    command = Path(sys.executable).parent / "ansible-playbook"
    interpreter = f"ansible_python_interpreter={sys.executable}"
    done = subprocess.run(
        [command, book, "-e", json.dumps(VARIABLES), "-e", interpreter, *options],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


OURS = {
    "reader": deployment.USER_DESCRIPTION,
    "owner": f"{TENANT}; has no password",
}
OUR_TYPES = dict.fromkeys(("enhanced", "gold"), deployment.TYPE_DESCRIPTION)
POOL_TYPE = {"enhanced_instance_pool a@ontap_iscsi#san_a": None}


def test_what_deploy_made_goes(tmp_path, serve):
    cloud = Cloud({**OURS, "cinder": None}, {**OUR_TYPES, **POOL_TYPE, "other": None}, project=TENANT)
    serve(cloud)
    tear_down(tmp_path, "--check")
    assert len(cloud.kinds["users"]) == 3
    tear_down(tmp_path)
    assert {kind: list(names) for kind, names in cloud.kinds.items()} == {
        "users": ["cinder"],
        "types": ["other"],
        "projects": [],
        "domains": ["default"],
    }
    assert "changed=0" in tear_down(tmp_path)


def test_users_and_volume_types_that_were_there_before_stay(tmp_path, serve):
    """deploy adopts them: the user of image locations may be the one of Cinder itself."""
    cloud = Cloud(
        {"reader": "Cinder", "owner": ""}, {"enhanced": "", "gold": None, **POOL_TYPE}, project=TENANT
    )
    serve(cloud)
    assert "enhanced, gold: stays, because deploy did not make it" in tear_down(tmp_path)
    assert list(cloud.kinds["users"]) == ["reader", "owner"]
    assert list(cloud.kinds["types"]) == ["enhanced", "gold"]


def test_a_limit_does_not_lead_around_the_confirmation(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("[cinder]\nhere ansible_connection=local\n[glance]\nhere\n")
    command = Path(sys.executable).parent / "ansible-playbook"
    variables = json.dumps({**VARIABLES, "enhanced_instance_become": False})
    done = subprocess.run(
        [command, CHECKOUT / "playbooks/teardown.yml", "-i", hosts, "--limit", "cinder", "-e", variables],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    assert done.returncode != 0
    assert "Name localhost in the limit as well" in done.stdout
    assert "See what the running service reads" not in done.stdout
