# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts B6, C2: LUNs as real files, clones, copies with progress, maps."""

from __future__ import annotations

import os
import time

import pytest


@pytest.fixture
def lun(api, sim):
    def make(name="/vol/vol1/l1", **body):
        api.post(
            "/storage/luns",
            {"svm.name": "svm1", "name": name, "os_type": "linux", "space.size": str(16 << 20), **body},
        )
        return api.records(f"/storage/luns?name={name}&fields=*")[0]

    yield make
    api.delete("/storage/luns?svm.name=svm1&allow_delete_while_mapped=true")
    api.call("DELETE", "/protocols/san/igroups?svm.name=svm1")


def data_of(sim, lun):
    """The LUN's file, beside the tree that NFS clients see."""
    volume, _dummy, path = lun["name"][len("/vol/") :].partition("/")
    return os.path.join(os.path.dirname(sim.roots[volume]), "luns", path)


def test_lun(api, lun, sim):
    record = lun()
    assert (record["space"]["size"], record["os_type"], record["status"]["state"], record["class"]) == (
        16 << 20,
        "linux",
        "online",
        "regular",
    )
    assert record["location"]["volume"]["name"] == "vol1" and record["location"]["logical_unit"] == "l1"
    assert os.path.getsize(data_of(sim, record)) == 16 << 20
    files = f"/storage/volumes/{record['location']['volume']['uuid']}/files"
    assert [item["name"] for item in api.records(files + "?type=lun")] == ["l1"]
    with sim.control.switched(files_show_luns=False):
        assert api.records(files + "?type=lun") == []
    path = f"/storage/luns/{record['uuid']}"
    assert api.error("PATCH", path, {"space.size": 16 << 20})[1:] == (
        "1254226",
        "New LUN size is the same as the old LUN size",
    )
    assert api.error("PATCH", path, {"space.size": 1 << 20})[1] == "5374892"
    api.patch(path, {"space.size": "32MB"})
    assert os.path.getsize(data_of(sim, record)) == 32 << 20
    api.patch("/storage/luns/?svm.name=svm1&name=/vol/vol1/l1", {"name": "/vol/vol1/l2"})
    assert os.path.exists(os.path.join(os.path.dirname(data_of(sim, record)), "l2"))


def test_space_reservation_takes_space(api, lun):
    before = api.volume("vol1")["space"]["available"]
    lun(**{"space.guarantee.requested": True})
    assert before - api.volume("vol1")["space"]["available"] == 16 << 20
    assert (
        api.error(
            "POST",
            "/storage/luns?return_timeout=30",
            {
                "svm.name": "svm1",
                "name": "/vol/vol1/huge",
                "os_type": "linux",
                "space": {"size": "4GB", "guarantee.requested": True},
            },
        )[0]
        == 400
    )
    assert api.records("/storage/luns?name=/vol/vol1/huge") == []


def test_clone(api, lun, sim):
    source = lun()
    with open(data_of(sim, source), "r+b") as file:
        file.write(os.urandom(1 << 20))
    api.post(
        "/storage/luns", {"svm.name": "svm1", "name": "/vol/vol1/c1", "clone.source.name": "/vol/vol1/l1"}
    )
    clone = api.records("/storage/luns?name=/vol/vol1/c1&fields=space,os_type")[0]
    assert clone["space"]["size"] == 16 << 20 and clone["os_type"] == "linux"
    with open(data_of(sim, source), "rb") as first, open(data_of(sim, clone), "rb") as second:
        assert first.read() == second.read()
    base = {"svm.name": "svm1", "name": "/vol/vol1/c2", "clone.source.name": "/vol/vol1/l1"}
    assert api.error("POST", "/storage/luns", {**base, "os_type": "linux"})[1] == "5374883"
    assert api.error("POST", "/storage/luns", {**base, "name": "/vol/vol2/c2"})[1] == "1260121"
    assert api.error("POST", "/storage/luns", {**base, "clone.source.name": "/vol/vol1/none"})[1] == "5374875"
    assert api.error("POST", "/storage/luns", {**base, "name": "/vol/vol1/c1"})[1] == "5374242"


def test_clone_from_a_snapshot(api, lun, sim):
    source = lun()
    volume = source["location"]["volume"]["uuid"]
    with open(data_of(sim, source), "r+b") as file:
        file.write(b"before")
    api.post(f"/storage/volumes/{volume}/snapshots", {"name": "s"})
    with open(data_of(sim, source), "r+b") as file:
        file.write(b"after!")
    api.post(
        "/storage/luns",
        {"svm.name": "svm1", "name": "/vol/vol1/c", "clone.source.name": "/vol/vol1/.snapshot/s/l1"},
    )
    with open(data_of(sim, {"name": "/vol/vol1/c"}), "rb") as file:
        assert file.read(6) == b"before"
    api.delete(f"/storage/volumes/{volume}/snapshots?name=s")


def test_clone_by_command(api, lun):
    """As Cinder does it when the snapshot directory is not visible."""
    source = lun()
    snapshots = f"/storage/volumes/{source['location']['volume']['uuid']}/snapshots"
    api.post(snapshots, {"name": "s"})
    body = {
        "vserver": "svm1",
        "volume": "vol1",
        "source-path": "l1",
        "destination-path": "c",
        "snapshot-name": "s",
    }
    api.post("/private/cli/volume/file/clone", body)
    assert api.records("/storage/luns?name=/vol/vol1/c&fields=space")[0]["space"]["size"] == 16 << 20
    assert (
        api.error("POST", "/private/cli/volume/file/clone", {**body, "snapshot-name": "none"})[1] == "1638600"
    )
    api.delete(snapshots + "?name=s")


def test_copy_shows_progress(api, lun, sim):
    source = lun()
    with open(data_of(sim, source), "r+b") as file:
        file.write(os.urandom(16 << 20))
    sim.control.set(copy_bytes_per_second=16 << 20)
    body = {"svm.name": "svm1", "name": "/vol/vol2/c", "copy.source.name": "/vol/vol1/l1"}
    assert api.error("POST", "/storage/luns", {**body, "os_type": "linux"})[1] == "5374943"
    api.post("/storage/luns", body)
    states, percents = set(), set()
    for _dummy in range(100):
        progress = api.records("/storage/luns?name=/vol/vol2/c&fields=copy")[0]["copy"]["source"]["progress"]
        states.add(progress["state"])
        percents.add(progress["percent_complete"])
        if progress["state"] == "complete":
            break
        time.sleep(0.05)
    assert states == {"replicating", "complete"} and len(percents) > 2 and 100 in percents
    with (
        open(data_of(sim, source), "rb") as first,
        open(data_of(sim, {"name": "/vol/vol2/c"}), "rb") as second,
    ):
        assert first.read() == second.read()


def test_a_failed_copy_says_so(api, lun, sim):
    lun()
    sim.control.fault(operation="lun_copy", message="Device busy", code=16)
    api.post("/storage/luns", {"svm.name": "svm1", "name": "/vol/vol2/c", "copy.source.name": "/vol/vol1/l1"})
    for _dummy in range(50):
        progress = api.records("/storage/luns?name=/vol/vol2/c&fields=copy")[0]["copy"]["source"]["progress"]
        if progress["state"] == "failed":
            break
        time.sleep(0.05)
    assert progress["failure"]["message"] == "Device busy"


def test_maps(api, lun):
    record = lun()
    api.post(
        "/protocols/san/igroups",
        {"svm.name": "svm1", "name": "ig", "protocol": "iscsi", "os_type": "default"},
    )
    igroup = api.records("/protocols/san/igroups?name=ig&fields=*")[0]
    assert igroup["os_type"] == "linux"
    initiators = f"/protocols/san/igroups/{igroup['uuid']}/initiators"
    api.post(initiators, {"name": "iqn.1994-05.com.redhat:a"})
    assert api.error("POST", initiators, {"name": "nonsense"})[1] == "5374034"
    assert (
        api.get("/protocols/san/igroups?svm.name=svm1&initiators.name=iqn.x,iqn.1994-05.com.redhat:a")[
            "num_records"
        ]
        == 1
    )
    body = {"svm.name": "svm1", "lun.name": "/vol/vol1/l1", "igroup.name": "ig"}
    made = api.post("/protocols/san/lun-maps?return_records=true", body)
    assert made["records"][0]["logical_unit_number"] == 0
    assert api.error("POST", "/protocols/san/lun-maps", body)[0] == 409
    assert (
        api.records("/protocols/san/igroups?name=ig&fields=lun_maps")[0]["lun_maps"][0]["lun"]["name"]
        == "/vol/vol1/l1"
    )
    assert api.error("DELETE", f"/storage/luns/{record['uuid']}")[1] == "1254197"
    assert api.error("DELETE", f"/protocols/san/igroups/{igroup['uuid']}")[1] == "5374760"
    path = f"/protocols/san/lun-maps/{record['uuid']}/{igroup['uuid']}"
    api.delete(path)
    assert api.error("DELETE", path)[1] == "5374922"


def test_iscsi_service(api):
    path = api.call("POST", "/protocols/san/iscsi/services", {"svm.name": "svm2"}, 201).headers["Location"][
        4:
    ]
    assert api.get(path)["target"]["name"].startswith("iqn.1992-08.com.netapp:sn.")
    assert api.error("POST", "/protocols/san/iscsi/services", {"svm.name": "svm2"})[:2] == (409, "5374893")
    assert api.error("DELETE", path)[1] == "5374078"
    api.patch(path, {"enabled": False})
    api.delete(path)
    assert [
        item["ip"]["address"]
        for item in api.records("/network/ip/interfaces?services=data_iscsi&svm.name=svm2&fields=ip.address")
    ]


@pytest.mark.parametrize(
    "body, code",
    [
        ({"name": "/vol1/l"}, "5374862"),
        ({"name": "/vol/vol1/q/l"}, "5374860"),
        ({"name": "/vol/none/l"}, "917927"),
        ({"os_type": "odd"}, "262197"),
        ({"space.size": "0"}, "5374873"),
        ({"os_type": ""}, "262197"),
    ],
)
def test_refused_luns(api, body, code):
    base = {"svm.name": "svm1", "name": "/vol/vol1/refused", "os_type": "linux", "space.size": "1MB"}
    assert api.error("POST", "/storage/luns", {**base, **body})[1] == code
