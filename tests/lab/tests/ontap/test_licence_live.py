# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clones on a simulator whose FlexClone licence is taken away."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    clones,
    copies,
    lun_clones,
)

LICENCES = "/api/cluster/licensing/licenses"
LUN = "/vol/vol1/licensed"


def clone_file(client, **more):
    """ontap_file_clone."""
    return clones.perform(client, "svm1", "vol1", [("glance/image", "clone")], **more)[0][0]


def clone_lun(client, **more):
    """ontap_lun_clone."""
    return lun_clones.perform(client, "svm1", [(LUN, "/vol/vol1/clone.lun")], **more)[0][0]


@pytest.fixture(name="san")
def fixture_san(cluster):
    """The cluster with one LUN, and none at the end."""
    admin = cluster.client()
    body = {"svm": {"name": "svm1"}, "name": LUN, "os_type": "linux", "space": {"size": 2**22}}
    admin.post("/storage/luns", body, {"return_timeout": 30})
    yield cluster
    cluster.sim.control.reset()
    for record in admin.collection("/storage/luns"):
        admin.delete(f"/storage/luns/{record['uuid']}", {"return_timeout": 30})


TASKS = pytest.mark.parametrize("task", [clone_file, clone_lun])


@TASKS
@pytest.mark.parametrize(("licence", "state"), [("unlicensed", "unlicensed"), ("expired", "noncompliant")])
def test_refused_before_anything_is_changed(san, task, licence, state):
    san.sim.control.set(flexclone_licence=licence)
    for check in (True, False):
        with pytest.raises(failures.Unsupported, match=f"'flexclone', and its state is {state}"):
            task(san.client(), check=check)
    assert san.calls("POST", "/api/storage/file/clone") == 0
    assert san.names("vol1") == []
    san.sim.control.set(flexclone_licence="compliant")
    assert task(san.client())["changed"]
    san.sim.control.set(flexclone_licence=licence)
    before = san.calls("GET", LICENCES)
    assert not task(san.client())["changed"]
    assert san.calls("GET", LICENCES) == before


@TASKS
def test_a_licence_on_one_node_is_enough_to_try(san, task):
    san.sim.control.set(flexclone_licence="one_node")
    assert task(san.client())["changed"]
    assert san.calls("GET", LICENCES) == 1


@TASKS
def test_an_account_of_the_svm_is_told_by_the_refusal(san, task):
    login = {"hostname": san.sim.svm_host("svm1"), "username": "vsadmin"}
    san.sim.control.set(flexclone_licence="unlicensed")
    record = task(san.client(**login))
    assert record["failure"]["code"] == "14956"
    assert "FlexClone" in record["msg"]
    san.sim.control.set(flexclone_licence="compliant")
    assert task(san.client(**login))["changed"]


def test_file_copy_is_published_by_renaming(cluster):
    cluster.sim.control.set(flexclone_licence="unlicensed")
    origin = {"vserver": "svm1", "volume": "vol1", "path": "glance/image"}
    asked = [{"source": origin, "destination": {"volume": "vol2", "path": "copy"}}]
    record = copies.perform(cluster.client(), asked)[0][0]
    assert record["changed"], record
    assert cluster.content("vol2", "copy") == cluster.content("vol1", "glance/image")
    assert cluster.names("vol2") == ["copy"]
