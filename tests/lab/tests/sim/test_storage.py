# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts B4, B5, B7: FlexVols that really get full, qtrees, snapshots, QoS policies."""

from __future__ import annotations

import errno
import os

import pytest


@pytest.fixture
def volume(api, sim):
    """make(**body) -> record of a new volume ``own``; it is gone after the test."""
    made = []

    def make(name="own", **body):
        body = {
            "name": name,
            "svm.name": "svm1",
            "aggregates": ["aggr1"],
            "size": "100MB",
            "nas.path": "/" + name,
            **body,
        }
        body.setdefault("space.snapshot.reserve_percent", 0)
        made.append(name)
        api.post("/storage/volumes", body)
        return api.volume(name)

    yield make
    for name in made:
        api.call("DELETE", f"/storage/volumes?name={name}&return_timeout=60")


def fill(path, limit=1 << 30):
    """Write until the volume is full; the bytes that went in."""
    written = 0
    with open(path, "wb") as file:
        try:
            while written < limit:
                file.write(b"\1" * (1 << 20))
                file.flush()
                written += 1 << 20
            os.fsync(file.fileno())
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return written


def test_defaults(volume, api):
    record = volume()
    assert (record["state"], record["style"], record["type"], record["guarantee"]["type"]) == (
        "online",
        "flexvol",
        "rw",
        "volume",
    )
    assert (
        record["snapshot_policy"]["name"] == "default" and record["nas"]["export_policy"]["name"] == "default"
    )
    assert (
        record["aggregates"][0]["name"] == "aggr1" and record["nas"]["junction_parent"]["name"] == "svm1_root"
    )


def test_a_volume_gets_full_at_its_size(volume, api, sim):
    record = volume(size="100MB")
    assert record["space"]["available"] == record["space"]["afs_total"] == 100 << 20
    written = fill(sim.volume_root("own") + "/big")
    assert 96 << 20 <= written <= 101 << 20
    assert api.volume("own")["space"]["available"] < 4 << 20
    os.unlink(sim.volume_root("own") + "/big")
    assert api.volume("own")["space"]["available"] > 95 << 20


def test_reserve_and_resize(volume, api, sim):
    uuid = volume(size="400MB", **{"space.snapshot.reserve_percent": 25})["uuid"]
    assert api.volume("own")["space"]["afs_total"] == 300 << 20
    api.patch(f"/storage/volumes/{uuid}", {"size": "2GB"})
    available = api.volume("own")["space"]["available"]
    assert available == 1536 << 20
    with open(sim.volume_root("own") + "/kept", "wb") as file:
        file.write(os.urandom(50 << 20))
    api.patch(f"/storage/volumes/{uuid}", {"size": "100MB"})
    assert api.volume("own")["space"]["available"] < 30 << 20
    assert api.error("PATCH", f"/storage/volumes/{uuid}?return_timeout=30", {"size": "40MB"})[:2] == (
        400,
        "917545",
    )
    assert os.path.getsize(sim.volume_root("own") + "/kept") == 50 << 20


def test_a_clone_fits_where_a_copy_does_not(volume, api, sim):
    uuid = volume(size="100MB")["uuid"]
    with open(sim.volume_root("own") + "/src", "wb") as file:
        file.write(os.urandom(70 << 20))
    body = {"volume": {"uuid": uuid}, "source_path": "src", "destination_path": "clone"}
    api.post("/storage/file/clone", body)
    side = {"volume": {"uuid": uuid}}
    pair = {"source": {"path": "src", **side}, "destination": {"path": "copy", **side}}
    assert api.error("POST", "/storage/file/copy?return_timeout=30", {"files_to_copy": [pair]})[1] == "917883"
    assert sorted(os.listdir(sim.volume_root("own"))) == ["clone", "src"]


def test_control_fills_and_takes_offline(volume, api, sim):
    volume(size="200MB")
    sim.control.fill("own", 8 << 20)
    assert fill(sim.volume_root("own") + "/f") <= 9 << 20
    sim.control.fill("own", None)
    assert api.volume("own")["space"]["available"] > 180 << 20
    sim.control.volume_state("own", "offline")
    assert api.records("/storage/volumes?name=own&state=online") == []
    assert api.error("GET", f"/storage/volumes/{api.volume('own')['uuid']}/files")[1] == "917752"
    sim.control.volume_state("own", "online")


def test_offline_drops_the_junction(volume, api):
    uuid = volume()["uuid"]
    api.patch(f"/storage/volumes/{uuid}", {"state": "offline"})
    assert "path" not in api.volume("own")["nas"]
    assert api.error("PATCH", f"/storage/volumes/{uuid}", {"nas.path": "/own"})[1] == "917740"
    api.patch(f"/storage/volumes/{uuid}", {"state": "online", "nas.path": "/elsewhere"})
    assert api.volume("own")["nas"]["path"] == "/elsewhere"
    api.patch(f"/storage/volumes/{uuid}", {"nas.path": ""})
    assert "path" not in api.volume("own")["nas"]


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"name": "vol1"}, (409, "917526")),
        ({"name": "1vol"}, (400, "917886")),
        ({"name": "v" * 204}, (400, "917887")),
        ({"aggregates": ["none"]}, (400, "917508")),
        ({"aggregates": []}, (400, "787140")),
        ({"size": "1MB"}, (400, "917534")),
        ({"svm.name": "none"}, (400, "2621462")),
        ({"svm": {}}, (400, "2621707")),
        ({"nas.path": "/VOL1"}, (409, "917740")),
        ({"nas.path": "vol"}, (400, "918236")),
        ({"space.snapshot.reserve_percent": 91}, (400, "917835")),
        ({"snapshot_policy.name": "none-such"}, (400, "917551")),
        ({"nas.export_policy.name": "none"}, (400, "1703954")),
        ({"style": "flexgroup"}, (400, "13107223")),
        ({"type": "dp"}, (400, "3")),
        ({"clone.is_flexclone": True}, (400, "262196")),
    ],
)
def test_refused_volumes(api, body, expected):
    base = {"name": "refused", "svm.name": "svm1", "aggregates": ["aggr1"], "size": "100MB"}
    if "svm" in body:
        base.pop("svm.name")
    assert api.error("POST", "/storage/volumes", {**base, **body})[:2] == expected
    assert api.records("/storage/volumes?name=refused") == []


def test_what_is_not_simulated_is_refused(volume, api):
    path = f"/storage/volumes/{volume()['uuid']}"
    assert api.error("PATCH", path, {"aggregates": [{"name": "aggr2"}]})[1] == "3"
    assert api.error("PATCH", path, {"movement.destination_aggregate.name": "aggr2"})[1] == "262196"
    assert api.error("PATCH", path + "?validate_only=true", {"comment": "x"})[1] == "262179"


def test_the_root_volume_stays(api):
    assert api.error("DELETE", f"/storage/volumes/{api.volume('svm1_root')['uuid']}")[1] == "917531"


def test_owner_and_mode_of_the_root_directory(volume, api, sim):
    uuid = volume(**{"nas.uid": 42407, "nas.gid": 42407, "nas.unix_permissions": "770"})["uuid"]
    state = os.stat(sim.volume_root("own"))
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (42407, 42407, 0o770)
    api.patch(f"/storage/volumes/{uuid}", {"nas.unix_permissions": 755, "nas.uid": 0})
    assert os.stat(sim.volume_root("own")).st_uid == 0


def test_a_renamed_volume_takes_its_things_along(volume, api):
    uuid = volume()["uuid"]
    api.post("/storage/qtrees", {"svm.name": "svm1", "volume.name": "own", "name": "q"})
    api.post(
        "/storage/luns", {"svm.name": "svm1", "name": "/vol/own/l", "os_type": "linux", "space.size": "1MB"}
    )
    api.patch(f"/storage/volumes/{uuid}", {"name": "renamed"})
    assert api.records("/storage/qtrees?name=q&fields=volume,path")[0]["path"] == "/renamed/q"
    assert api.records(f"/storage/luns?location.volume.uuid={uuid}")[0]["name"] == "/vol/renamed/l"
    api.patch(f"/storage/volumes/{uuid}", {"name": "own"})


# ---- qtrees


def test_qtrees(volume, api, sim):
    uuid = volume(**{"nas.unix_permissions": "750"})["uuid"]
    assert [item["id"] for item in api.records(f"/storage/qtrees?volume.uuid={uuid}")] == [0]
    api.post("/storage/qtrees", {"svm.name": "svm1", "volume": {"name": "own"}, "name": "q1"})
    (record,) = api.records('/storage/qtrees?volume=own&name="q1"&fields=*')
    assert (record["id"], record["unix_permissions"], record["nas"]["path"]) == (1, 750, "/own/q1")
    assert os.path.isdir(sim.volume_root("own") + "/q1")
    base = f"/storage/qtrees/{uuid}/1"
    api.patch(base, {"name": "q2", "unix_permissions": "700"})
    assert os.stat(sim.volume_root("own") + "/q2").st_mode & 0o777 == 0o700
    api.delete(base)
    assert not os.path.exists(sim.volume_root("own") + "/q2")
    body = {"svm.name": "svm1", "volume.name": "own"}
    assert api.error("POST", "/storage/qtrees", body)[1] == "5242953"
    assert api.error("POST", "/storage/qtrees", {**body, "name": '""'})[1] == "5242894"
    assert api.error("POST", "/storage/qtrees", {**body, "name": "q", "volume.name": "none"})[1] == "917525"


# ---- snapshots


def test_snapshots(volume, api, sim):
    uuid = volume()["uuid"]
    root = sim.volume_root("own")
    with open(root + "/f", "w", encoding="ascii") as file:
        file.write("before")
    snapshots = f"/storage/volumes/{uuid}/snapshots"
    api.post(snapshots, {"name": "s1"})
    assert api.error("POST", snapshots, {"name": "s1"})[0] == 409
    with open(root + "/f", "w", encoding="ascii") as file:
        file.write("after")
    files = f"/storage/volumes/{uuid}/files"
    body = {"volume": {"uuid": uuid}, "source_path": ".snapshot/s1/f", "destination_path": "old"}
    api.post("/storage/file/clone", body)
    with open(root + "/old", encoding="ascii") as file:
        assert file.read() == "before"
    assert api.error("DELETE", files + "/%2Esnapshot%2Fs1%2Ff")[1] == "131102"
    api.patch(f"/storage/volumes/{uuid}", {"restore_to.snapshot.name": "s1"})
    assert os.listdir(root) == ["f"]
    (record,) = api.records(snapshots + "?name=s*&fields=create_time,volume")
    api.patch(f"{snapshots}/{record['uuid']}", {"name": "s2"})
    assert api.delete(snapshots + "?name=s2")["num_records"] == 1
    assert api.get(snapshots)["num_records"] == 0


# ---- QoS


@pytest.mark.parametrize(
    "body, code",
    [
        ({"fixed": {"max_throughput_iops": 1}, "adaptive": {"expected_iops": 1, "peak_iops": 2}}, "8454277"),
        ({"fixed": {"max_throughput_iops": 1, "min_throughput_iops": 2}}, "8454194"),
    ],
)
def test_refused_policies(api, body, code):
    assert (
        api.error("POST", "/storage/qos/policies", {"svm.name": "svm1", "name": "refused", **body})[1] == code
    )


def test_policies(api, volume):
    answer = api.call(
        "POST",
        "/storage/qos/policies?return_timeout=30",
        {"svm.name": "svm1", "name": "p", "fixed.max_throughput_iops": 5},
        201,
    )
    policy = answer.headers["Location"][4:]
    assert api.error("POST", "/storage/qos/policies", {"svm.name": "svm1", "name": "p"})[:2] == (
        409,
        "8454379",
    )
    assert api.error("PATCH", policy, {"adaptive.peak_iops": 5})[1] in ("8454327", "8454328")
    volume(**{"qos.policy.name": "p"})
    assert api.get(policy + "?fields=object_count")["object_count"] == 1
    api.patch(policy, {"name": "p2"})
    assert api.volume("own")["qos"]["policy"]["name"] == "p2"
    api.delete(policy)
    assert "policy" not in api.volume("own").get("qos", {})
