# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each ONTAP verb with an account that has the rights in docs/rights.md and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    clones,
    copies,
    directories,
    files,
    lun_clones,
    qtrees,
    volumes,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import survey

PAGE = Path(__file__).parents[4] / "docs" / "rights.md"
PASSWORD = "Little1234"


def rights():
    """The table of the page: path and access."""
    rows = re.findall(r"^\| `(/api/\S+)` \| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 8
    return [{"path": path, "access": access} for path, access in rows]


def account(cluster, svm, without=None):
    """A login with the rights of the page, or all of them but one."""
    admin = cluster.client()
    name = f"little{'_svm' if svm else ''}{len(without or '')}"
    owner = {"owner": {"name": svm}} if svm else {}
    privileges = [right for right in rights() if right["path"] != without]
    if not admin.collection("/security/roles", {"name": name}):
        admin.post("/security/roles", {"name": name, "privileges": privileges, **owner})
        application = {"application": "http", "authentication_methods": ["password"]}
        body = {"name": name, "role": {"name": name}, "password": PASSWORD, "applications": [application]}
        admin.post("/security/accounts", {**body, **owner})
    host = cluster.sim.svm_host(svm) if svm else cluster.sim.host
    return cluster.client(hostname=host, username=name, password=PASSWORD)


@pytest.mark.parametrize("svm", [None, "svm1"])
def test_rights_are_enough(cluster, svm):
    client = account(cluster, svm)
    volume = volumes.find_volume(client, "svm1", "vol1")
    assert clones.perform(client, "svm1", "vol1", [("glance/image", "clone")])[0][0]["changed"]
    origin = {"vserver": "svm1", "volume": "vol1", "path": "glance/image"}
    asked = [{"source": origin, "destination": {"volume": "vol2", "path": "copy"}}]
    record = copies.perform(client, asked, samples=2)[0][0]
    assert record["changed"], record
    assert directories.present(client, volume, "made", "0755", False, False)["changed"]
    assert directories.absent(client, volume, "made", False, False)["changed"]
    assert files.file_info(client, volume, "clone").size == 8 * 2**20
    assert volumes.nfs_service(client, "svm1").vstorage
    assert volumes.lifs_by_address(client, [cluster.sim.svms["svm1"]["svm1_a"]])
    assert qtrees.names_by_volume(client, [volume]) == {}
    taken, _clients = survey.take([(client, "svm1")])
    assert [one.cluster_known for one in taken.engines.values()] == [True]
    with pytest.raises(failures.NotFound, match="svm1"):
        volumes.find_volume(client, "svm9", "vol1")
    admin = cluster.client()
    body = {"svm": {"name": "svm1"}, "name": "/vol/vol1/lun", "os_type": "linux", "space": {"size": 2**22}}
    admin.post("/storage/luns", body, {"return_timeout": 30})
    try:
        pairs = [("/vol/vol1/lun", "/vol/vol1/clone.lun"), ("/vol/vol1/lun", "/vol/vol2/copy.lun")]
        records = lun_clones.perform(client, "svm1", pairs, reserved=False)[0]
        assert [record["changed"] for record in records] == [True, True], records
    finally:
        for record in admin.collection("/storage/luns"):
            admin.delete(f"/storage/luns/{record['uuid']}", {"return_timeout": 30})


@pytest.mark.parametrize("without", ["/api/storage/file/clone"])
def test_missing_right_is_one_sentence(cluster, without):
    client = account(cluster, None, without)
    record = clones.perform(client, "svm1", "vol1", [("glance/image", "clone")])[0][0]
    assert record["failed"]
    assert "not authorized for that command" in record["msg"]
    assert record["failure"]["code"] == "6"
    assert "right" in record["failure"]["cure"]
