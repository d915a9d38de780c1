# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each ONTAP verb with an account that has the rights of its purpose and no others."""

from __future__ import annotations

import re
from pathlib import Path

import observed_rights
import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    clones,
    copies,
    directories,
    files,
    lun_clones,
    luns,
    nodes,
    own_rights,
    qtrees,
    volumes,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import rights
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import survey

PAGE = Path(__file__).parents[4] / "docs" / "rights.md"


def login(cluster, name, purposes, svm=None, without=None):
    """A client of an account with the rights of these purposes, or all of them but one."""
    if not cluster.client().collection("/security/accounts", {"name": name}):
        observed_rights.account(cluster.sim, name, purposes, svm, without)
    host = cluster.sim.svm_host(svm) if svm else cluster.sim.host
    return cluster.client(hostname=host, username=name, password=observed_rights.PASSWORD)


def use_files(cluster, client, cluster_account):
    """What the modules for files and the image cache ask of ONTAP."""
    volume = volumes.find_volume(client, "svm1", "vol1")
    assert clones.perform(client, "svm1", "vol1", [("glance/image", "clone")])[0][0]["changed"]
    origin = {"vserver": "svm1", "volume": "vol1", "path": "glance/image"}
    asked = [{"source": origin, "destination": {"volume": "vol2", "path": "copy"}}]
    record = copies.perform(client, asked, samples=2)[0][0]
    assert record["changed"], record
    assert directories.present(client, volume, "made", "0755", False, False)["changed"]
    files.rename_file(client, volume, "clone", "made/clone")
    assert files.file_info(client, volume, "made/clone").size == 8 * 2**20
    assert directories.absent(client, volume, "made", True, False)["changed"]
    assert volumes.nfs_service(client, "svm1").vstorage
    assert volumes.peering(client, "svm1", "svm2") is None
    assert qtrees.names_by_volume(client, [volume]) == {}
    assert nodes.unsettled(client) == {}
    if cluster_account:
        assert set(nodes.nodes_of_aggregates(client)) == {"aggr1", "aggr2"}
    assert volumes.lifs_by_address(client, [cluster.sim.svms["svm1"]["svm1_a"]])
    taken, _clients = survey.take([(client, "svm1")])
    assert [one.cluster_known for one in taken.engines.values()] == [True]
    with pytest.raises(failures.NotFound, match="svm1"):
        volumes.find_volume(client, "svm9", "vol1")


def use_luns(cluster, client, _cluster_account):
    """What ontap_lun_clone asks of ONTAP."""
    admin = cluster.client()
    body = {"svm": {"name": "svm1"}, "name": "/vol/vol1/lun", "os_type": "linux", "space": {"size": 2**22}}
    admin.post("/storage/luns", body, {"return_timeout": 30})
    try:
        pairs = [("/vol/vol1/lun", "/vol/vol1/clone.lun"), ("/vol/vol1/lun", "/vol/vol2/copy.lun")]
        records = lun_clones.perform(client, "svm1", pairs, reserved=False)[0]
        assert [record["changed"] for record in records] == [True, True], records
        clone = luns.find_lun(client, "svm1", "/vol/vol1/clone.lun")
        luns.rename_lun(client, clone, "/vol/vol1/renamed.lun")
        luns.delete_lun(client, clone)
        wrong = [("/vol/vol1/.snapshot/gone/lun", "/vol/vol1/x.lun"), ("/vol/vol1/lun", "/vol/vol1/gone/lun")]
        records = lun_clones.perform(client, "svm1", wrong)[0]
        assert "snapshot 'gone'" in records[0]["msg"]
        assert "qtree 'gone'" in records[1]["msg"]
    finally:
        for record in admin.collection("/storage/luns"):
            admin.delete(f"/storage/luns/{record['uuid']}", {"return_timeout": 30})


@pytest.mark.parametrize(("purpose", "use"), [("prime", use_files), ("san", use_luns)])
@pytest.mark.parametrize("svm", [None, "svm1"])
def test_rights_are_enough_and_none_is_too_much(cluster, purpose, use, svm):
    name = f"{purpose}{'_svm' if svm else ''}"
    use(cluster, login(cluster, name, [purpose], svm), svm is None)
    if svm is None:
        observed_rights.hold(purpose, cluster.sim.control.audit(), name)


@pytest.mark.parametrize("purpose", ["cinder_nfs", "cinder_iscsi"])
def test_an_account_of_the_driver_sees_what_is_where(cluster, purpose):
    client = login(cluster, f"sees_{purpose}", [purpose])
    taken, _clients = survey.take([(client, "svm1")], abilities=False)
    assert {"vol1", "vol2"} <= {one.name for one in taken.volumes}
    assert taken.lifs
    assert client.requests == 3
    with pytest.raises(failures.NotAuthorized, match="nfs/services"):
        survey.take([(client, "svm1")])


def test_missing_right_is_one_sentence(cluster):
    client = login(cluster, "no_clones", ["prime"], without="/api/storage/file/clone")
    record = clones.perform(client, "svm1", "vol1", [("glance/image", "clone")])[0][0]
    assert record["failed"]
    assert "not authorized for that command" in record["msg"]
    assert record["failure"]["code"] == "6"
    assert "right" in record["failure"]["cure"]


@pytest.mark.parametrize("without", [None, "/api/storage/file/clone", "/api/storage/volumes/*/files"])
def test_each_missing_right_is_named(cluster, without):
    wanted = observed_rights.known()["prime"]
    name = f"looked{len(without or '')}"
    client = login(cluster, name, ["prime"], without=without)
    tried = own_rights.look(client, name, wanted)
    # The account may not read its own role, so each path is tried; an administrator's role is read.
    assert tried["method"] == "trying" and tried["scope"] == "cluster"
    lacking = {"/api/storage/volumes/*/files": "all", "/api/storage/file/clone": "read_create"}
    texts = [rights.sentence(item) for item in tried["missing"]]
    if without == "/api/storage/volumes/*/files":
        # Reading them is covered by the right for the volumes, so trying cannot tell; the role can.
        assert texts == [] and without in {item["path"] for item in tried["unproven"]}
    else:
        assert texts == ([f"{lacking[without]} for {without} (has none)"] if without else [])
    role = cluster.client().collection("/security/roles", {"name": name, "fields": "privileges"})[0]
    by_role = [item["path"] for item in rights.missing(role["privileges"], wanted)]
    assert by_role == ([without] if without else [])


def test_an_administrators_role_is_read(cluster):
    found = own_rights.look(cluster.client(), "admin", observed_rights.known()["prime"])
    assert (found["method"], found["role"], found["scope"]) == ("role", "admin", "cluster")
    assert found["missing"] == [] and found["unproven"] == []


def test_what_an_svms_account_can_never_have_is_told_apart(cluster):
    client = cluster.client(hostname=cluster.sim.svm_host("svm1"), username="vsadmin")
    wanted = [*observed_rights.known()["prime"], {"path": "/api/storage/aggregates", "access": "readonly"}]
    found = own_rights.look(client, "vsadmin", wanted)
    assert found["scope"] == "svm" and found["missing"] == []


def test_the_page_tells_every_right_of_the_data():
    rows = re.findall(r"^\| `(/api/\S+)` \| ([^|]+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {path: dict(re.findall(r"(\w+): `(\w+)`", words)) for path, words in rows}
    known = {}
    for purpose, privileges in observed_rights.known().items():
        for item in privileges:
            known.setdefault(item["path"], {})[purpose] = item["access"]
    assert told == known
