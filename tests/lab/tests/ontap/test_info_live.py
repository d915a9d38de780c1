# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' functions on the simulator: names that are not there, and as many requests as they state."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    own_rights,
    svm_facts,
    volumes,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.modules import (
    ontap_file_clone,
    ontap_file_info,
)


@pytest.mark.parametrize("vserver", ["nosuch", "svm*", "svm1|svm2", "!svm1", "svm1,svm2"])
def test_an_svm_that_is_not_there_is_an_error(cluster, vserver):
    with pytest.raises(failures.NotFound, match="does not exist, or the account may not see it") as caught:
        svm_facts.read(cluster.client(), vserver, ())
    assert caught.value.code == "2621462" and "name one of svm1, svm2 as vserver" in caught.value.cure


@pytest.mark.parametrize("pattern", ["svm*", "svm1|svm2"])
def test_a_survey_takes_the_name_of_an_svm_as_it_is(cluster, pattern):
    assert volumes.list_volumes(cluster.client(), "svm1")
    assert volumes.list_volumes(cluster.client(), pattern) == []
    assert volumes.nfs_services(cluster.client(), pattern) == {}


def test_an_svm_takes_the_stated_requests(cluster):
    client = cluster.client()
    found = svm_facts.read(client, "svm1", ("nfs", "peers"), [("vol1", "glance")])
    assert {"vol1", "vol2"} <= {volume["name"] for volume in found["volumes"]}
    assert found["directories"] == {"vol1/glance": "directory"} and found["unreadable"] == []
    assert client.requests == 4 + 1 + 2 + 1


@pytest.mark.parametrize("unreadable", [["/api/storage/volumes"], ["/api/storage/volumes", "/api/svm/svms"]])
def test_an_svm_whose_volumes_may_not_be_read(cluster, unreadable):
    for path in unreadable:
        cluster.sim.control.fault(path=path, answer={"status": 403})
    client = cluster.client()
    found = svm_facts.read(client, "svm1", ())
    assert found["volumes"] == [] and found["unreadable"] == unreadable
    assert client.requests == 5


def clone(cluster, **more):
    options = {
        "vserver": "svm1",
        "volume": "vol1",
        "source_path": None,
        "destination_path": None,
        "overwrite": False,
        "autodelete": None,
        "concurrency": 8,
        "timeout": 600,
    }
    params = {**options, **cluster.login(), **more}
    return ontap_file_clone.clone_files(SimpleNamespace(params=params, check_mode=False))


@pytest.mark.parametrize("timeout", [-1, 0])
def test_a_timeout_is_at_least_a_second(cluster, timeout):
    before = len(cluster.sim.control.audit())
    with pytest.raises(failures.WrongInput, match=f"timeout is {timeout}"):
        clone(cluster, source_path="glance/image", destination_path="new", clones=None, timeout=timeout)
    assert len(cluster.sim.control.audit()) == before


def test_clones_take_the_stated_requests(cluster):
    folder = cluster.roots["vol1"] / "glance"
    pairs = [{"source_path": f"glance/i{n}", "destination_path": f"glance/o{n}"} for n in (1, 2)]
    for n in (1, 2):
        (folder / f"i{n}").write_bytes(b"image")
    try:
        result = clone(cluster, clones=pairs)
        # The volume, two destinations, version, licences, two sources, a directory, and two for each clone.
        assert result["changed"] and result["requests"]["ontap"] <= 1 + 2 + 1 + 1 + 2 + 1 + 2 * 2
    finally:
        for file in [*folder.glob("i[12]"), *folder.glob("o[12]")]:
            file.unlink()


@pytest.mark.parametrize(("pattern", "names", "requests"), [("imag*", ["image"], 2), ("zzz*", [], 3)])
def test_a_list_takes_the_stated_requests(cluster, pattern, names, requests):
    params = {"vserver": "svm1", "volume": "vol1", "paths": None, "directory": "glance", "pattern": pattern}
    found = ontap_file_info.gather(SimpleNamespace(params={**params, **cluster.login()}))
    assert [entry["name"] for entry in found["files"]] == names
    assert found["requests"]["ontap"] == requests


def test_trying_takes_the_stated_requests(cluster):
    cluster.sim.control.fault(path="/api/security/roles", answer={"status": 403})
    cluster.sim.control.fault(path="/api/cluster/nodes", answer={"status": 403})
    wanted = [
        {"path": path, "access": "readonly"}
        for path in ("/api/storage/volumes/*/files", "/api/cluster/nodes")
    ]
    client = cluster.client()
    found = own_rights.look(client, "admin", wanted)
    assert found["method"] == "trying" and found["scope"] == "svm"
    assert client.requests == len(wanted) + 4
