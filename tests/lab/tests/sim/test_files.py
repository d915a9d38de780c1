# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts B1-B3: files, directories, clones and copies, each undocumented behaviour on both sides."""

from __future__ import annotations

import os
import time

import pytest


@pytest.fixture
def volume(api):
    return api.volume("vol1")


@pytest.fixture
def files(volume):
    return f"/storage/volumes/{volume['uuid']}/files"


@pytest.fixture
def clone(api, volume):
    def run(source, destination, expect=None, **extra):
        body = {
            "volume": {"uuid": volume["uuid"], "name": "vol1"},
            "source_path": source,
            "destination_path": destination,
            **extra,
        }
        if expect:
            return api.error("POST", "/storage/file/clone?return_timeout=30", body)[1] == expect
        return api.post("/storage/file/clone", body)

    return run


def side(path, volume, svm="svm1"):
    return {"path": path, "volume": {"name": volume}, **({"svm": {"name": svm}} if svm else {})}


@pytest.fixture
def copy(api):
    def run(source, destination, svm="svm1", **extra):
        pair = {"source": side(source, "vol1", svm), "destination": side(destination, "vol2", svm)}
        body = {"files_to_copy": [pair], **extra}
        return api.call("POST", "/storage/file/copy?return_timeout=30", body)

    return run


def code(answer):
    return answer.json()["error"]["code"]


# ---- files


def test_listing(api, files, write, sim):
    write("a")
    os.mkdir(sim.roots["vol1"] + "/dir")
    assert [(item["name"], item["type"], item["path"]) for item in api.records(files)] == [
        (".", "directory", ""),
        ("..", "directory", ""),
        ("a", "file", ""),
        ("dir", "directory", ""),
    ]
    assert [item["size"] for item in api.records(files + "?type=file&fields=size,name")] == [8192]
    assert [item["name"] for item in api.records(files + "/dir")] == [".", ".."]
    api.delete(files + "/dir")
    assert api.error("GET", files + "/dir")[:2] == (404, "6684674")
    assert api.error("GET", files + "/a")[:2] == (400, "6684692")
    with sim.control.switched(list_file="metadata"):
        assert api.records(files + "/a")[0]["name"] == "a"


def test_metadata(api, files, write, sim):
    path = write("m", b"x" * 10000)
    os.chown(path, 12, 34)
    os.chmod(path, 0o640)
    (record,) = api.records(files + "/m?return_metadata=true&fields=*")
    assert (record["size"], record["owner_id"], record["group_id"], record["unix_permissions"]) == (
        10000,
        12,
        34,
        640,
    )
    assert record["bytes_used"] >= 10000 and record["name"] == "" and record["hard_links_count"] == 1
    assert "unique_bytes" not in record
    (record,) = api.records(files + "/m?return_metadata=true&fields=unique_bytes")
    assert record["unique_bytes"] == 12288
    with sim.control.switched(unique_bytes_in_star="always"):
        assert "unique_bytes" in api.records(files + "/m?return_metadata=true&fields=*")[0]
    assert api.error("GET", files + "/none?return_metadata=true")[:2] == (404, "6684674")


def test_directories_and_links(api, files):
    path = files + "/new%2Fsub"
    assert api.error("POST", path, {"type": "directory", "unix_permissions": "755"})[1] == "6684674"
    answer = api.call("POST", files + "/new", {"type": "directory", "unix_permissions": "2770"}, 201)
    assert answer.headers["Location"].endswith("/files/new")
    assert (
        api.records(files + "/new?return_metadata=true&fields=unix_permissions")[0]["unix_permissions"]
        == 2770
    )
    assert api.error("POST", files + "/new", {"type": "directory", "unix_permissions": "755"})[:2] == (
        409,
        "6488118",
    )
    assert api.error("POST", files + "/x", {"type": "directory"})[1] == "6488084"
    api.call("POST", path, {"type": "directory", "unix_permissions": "755"}, 201)
    api.call("POST", files, {"path": "new/link", "target": "sub"}, 201)
    assert api.records(files + "/new%2Flink?return_metadata=true&fields=target")[0]["target"] == "sub"
    assert api.error("DELETE", files + "/new")[1] == "131138"
    api.delete(files + "/new?recurse=true")
    assert api.error("GET", files + "/new")[1] == "6684674"


def test_paths_stay_inside_the_volume(api, files, sim):
    assert api.error("GET", files + "/%2E%2E%2Fluns")[:2] == (400, "6488081")
    os.symlink("/etc", sim.roots["vol1"] + "/out")
    try:
        assert api.error("GET", files + "/out%2Fpasswd?return_metadata=true")[0] == 404
    finally:
        os.unlink(sim.roots["vol1"] + "/out")
    # a plain dot segment is part of the URL: this is the volume itself (facts A1)
    assert api.call("OPTIONS", "/cluster/..", expect=404).status_code == 404
    assert api.error("DELETE", files + "/")[:2] == (405, "3")


def test_data_in_and_out(api, files, write):
    api.session.post(api.sim.url(files + "/data"), files={"data": ("data", b"hello")}).raise_for_status()
    again = api.session.post(api.sim.url(files + "/data"), files={"file": ("data", b"HELLO")})
    assert (again.status_code, code(again)) == (409, "6488118")
    api.session.patch(
        api.sim.url(files + "/data?byte_offset=-1"), files={"data": ("data", b" world")}
    ).raise_for_status()
    api.session.patch(
        api.sim.url(files + "/data?byte_offset=0"), files={"data": ("data", b"J")}
    ).raise_for_status()
    answer = api.session.get(
        api.sim.url(files + "/data?length=100"), headers={"Accept": "multipart/form-data"}
    )
    assert b"Jello world" in answer.content and answer.headers["Content-Type"].startswith(
        "multipart/form-data; boundary="
    )
    api.delete(files + "/data")


def test_rename_and_size(api, files, write, sim):
    write("old")
    write("taken")
    api.patch(files + "/old", {"path": "new%2Eraw"})  # as Cinder sends it (facts C3.8)
    assert os.path.exists(sim.roots["vol1"] + "/new.raw")
    assert api.error("PATCH", files + "/new%2Eraw", {"path": "taken"})[:2] == (409, "6488082")
    api.patch(files + "/new%2Eraw", {"size": "1MB"})
    assert os.path.getsize(sim.roots["vol1"] + "/new.raw") == 1 << 20
    assert api.error("PATCH", files + "/new%2Eraw", {"owner_id": 5})[1] == "262196"
    with sim.control.switched(rename_existing="overwrite"):
        api.patch(files + "/new%2Eraw", {"path": "taken"})
    assert os.path.getsize(sim.roots["vol1"] + "/taken") == 1 << 20


def test_qos_of_a_file(api, files, write, sim, make_api):
    write("q")
    api.post("/storage/qos/policies", {"svm.name": "svm1", "name": "gold", "fixed.max_throughput_iops": 9})
    own = make_api(sim, username="vsadmin", host=sim.svm_host("svm1"))
    assert own.error("PATCH", files + "/q", {"qos_policy.name": "gold"})[:2] == (403, "6")
    api.patch(files + "/q", {"qos_policy.name": "gold"})
    assert api.records(files + "/q?return_metadata=true&fields=qos_policy")[0]["qos_policy"]["name"] == "gold"
    with sim.control.switched(qos_on_svm_lif="allow"):
        own.patch(files + "/q", {"qos_policy.name": "none"})
    assert "qos_policy" not in api.records(files + "/q?return_metadata=true&fields=qos_policy")[0]
    api.delete("/storage/qos/policies?name=gold")


# ---- clone


def test_a_clone_shares_its_blocks(api, files, write, clone, sim):
    path = write("src", os.urandom(1 << 20))
    clone("src", "dst")
    with open(path, "rb") as first, open(sim.roots["vol1"] + "/dst", "rb") as second:
        assert first.read() == second.read()
    unique = api.records(files + "/dst?return_metadata=true&fields=unique_bytes,bytes_used")[0]
    assert (unique["unique_bytes"], unique["bytes_used"]) == (0, 1 << 20)
    with open(sim.roots["vol1"] + "/dst", "r+b") as file:
        file.write(os.urandom(65536))
        os.fsync(file.fileno())
    assert api.records(files + "/dst?return_metadata=true&fields=unique_bytes")[0]["unique_bytes"] == 65536


def test_owner_of_a_clone(write, clone, sim):
    path = write("src")
    os.chown(path, 42407, 42407)
    os.chmod(path, 0o660)
    clone("src", "kept")
    state = os.stat(sim.roots["vol1"] + "/kept")
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (42407, 42407, 0o660)
    sim.control.set(clone_keeps_owner=False)
    clone("src", "lost")
    state = os.stat(sim.roots["vol1"] + "/lost")
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (0, 0, 0o644)


def test_an_existing_destination_of_a_clone(write, clone, sim):
    write("src", b"new")
    write("dst", b"old")

    def content():
        with open(sim.roots["vol1"] + "/dst", "rb") as file:
            return file.read()

    assert clone("src", "dst", expect="13565952") and content() == b"old"
    clone("src", "dst", overwrite_destination=True)
    assert content() == b"new"
    write("dst", b"old")
    sim.control.set(clone_existing="overwrite")
    clone("src", "dst")
    assert content() == b"new"


def test_refused_clones(write, clone, api, volume):
    write("src")
    assert clone("none", "dst", expect="917864")
    assert clone("/src", "dst", expect="917812")
    assert clone("src", "/dst", expect="917812")
    assert clone("src", "nowhere/dst", expect="13565952")
    assert clone("src", "dst", expect="917898", range=["1-2"])
    assert clone("src", "dst", expect="13565988", range=["0:0:1"], is_backup=True)
    body = {"source_path": "src", "destination_path": "dst"}
    assert api.error("POST", "/storage/file/clone", {**body, "volume.name": "vol1"})[1] == "262212"
    assert (
        api.error(
            "POST", "/storage/file/clone", {**body, "volume": {"uuid": volume["uuid"], "name": "vol2"}}
        )[1]
        == "918236"
    )


def test_parts_of_files(write, clone, sim):
    write("src", b"A" * 4096 + b"B" * 4096)
    write("dst", b"C" * 8192)
    clone("src", "dst", range=["1:0:1"])
    with open(sim.roots["vol1"] + "/dst", "rb") as file:
        assert file.read() == b"B" * 4096 + b"C" * 4096


# ---- copy


def test_a_copy_has_blocks_of_its_own(api, write, copy, sim):
    path = write("src", os.urandom(1 << 20))
    os.chown(path, 5, 6)
    with open(path, "r+b") as file:
        file.truncate(8 << 20)
    assert copy("src", "dst").status_code == 201
    state = os.stat(sim.roots["vol2"] + "/dst")
    assert (state.st_size, state.st_uid, state.st_gid) == (8 << 20, 5, 6)
    assert state.st_blocks * 512 < 2 << 20, "holes stay holes"
    files = f"/storage/volumes/{api.volume('vol2')['uuid']}/files/dst"
    assert api.records(files + "?return_metadata=true&fields=unique_bytes")[0]["unique_bytes"] == 1 << 20
    sim.control.set(copy_keeps_owner=False)
    copy("src", "dst2")
    assert os.stat(sim.roots["vol2"] + "/dst2").st_uid == 0


def test_path_forms_of_a_copy(write, copy, sim):
    write("src")
    assert copy("vol1/src", "vol2/dst").status_code == 201
    assert os.path.exists(sim.roots["vol2"] + "/dst")
    sim.control.set(copy_path_form="strict")
    assert code(copy("vol1/src", "dst2")) == "7012358"
    assert code(copy("src", "vol2/dst2")) == "7012359"


def test_an_existing_destination_of_a_copy(write, copy, sim):
    write("src", b"new")
    write("dst", b"old", volume="vol2")
    assert code(copy("src", "dst")) == "7012359"
    sim.control.set(copy_existing="overwrite")
    assert copy("src", "dst").status_code == 201
    with open(sim.roots["vol2"] + "/dst", "rb") as file:
        assert file.read() == b"new"


def test_svm_in_a_copy(write, copy, sim):
    write("src")
    assert copy("src", "dst", svm=None).status_code == 201
    sim.control.set(copy_svm="required")
    assert code(copy("src", "dst2", svm=None)) == "7012380"


def test_a_directory_as_destination(write, copy, sim):
    write("src")
    os.mkdir(sim.roots["vol2"] + "/into")
    try:
        assert copy("src", "into").status_code == 201
        assert os.listdir(sim.roots["vol2"] + "/into") == ["src"]
    finally:
        os.unlink(sim.roots["vol2"] + "/into/src")
        os.rmdir(sim.roots["vol2"] + "/into")


def test_rate_and_early_name(api, write, copy, sim):
    write("src", os.urandom(3 << 20))
    begun = time.monotonic()
    assert copy("src", "slow", max_throughput=2 << 20).status_code == 201
    assert time.monotonic() - begun > 0.9, "3 MiB at 2 MiB/s"
    for early in (True, False):
        sim.control.set(copy_bytes_per_second=4 << 20, copy_early_name=early)
        pair = {"source": side("src", "vol1"), "destination": side(f"early-{early}", "vol2")}
        job = api.call("POST", "/storage/file/copy", {"files_to_copy": [pair]}, 202).json()["job"]["uuid"]
        assert os.path.exists(sim.roots["vol2"] + f"/early-{early}") is early
        assert api.get(f"/cluster/jobs/{job}")["message"] == "Copying file 1 of 1"
        wait_for(api, job)
        assert os.path.getsize(sim.roots["vol2"] + f"/early-{early}") == 3 << 20


def wait_for(api, job):
    for _dummy in range(100):
        record = api.get(f"/cluster/jobs/{job}")
        if record["state"] not in ("running", "queued"):
            return record
        time.sleep(0.1)
    raise AssertionError(record)


def test_fifty_copies_at_once(api, write, sim):
    write("src", os.urandom(2 << 20))
    sim.control.set(copy_bytes_per_second=1 << 20)
    pairs = [
        {"source": side("src", "vol1"), "destination": side(f"many{number}", "vol2")} for number in range(50)
    ]
    job = api.call("POST", "/storage/file/copy", {"files_to_copy": pairs[:49]}, 202).json()["job"]["uuid"]
    second = {"files_to_copy": pairs[49:]}
    other = api.call("POST", "/storage/file/copy", second, 202).json()["job"]["uuid"]
    third = {"source": side("src", "vol1"), "destination": side("one-more", "vol2")}
    assert api.error("POST", "/storage/file/copy", {"files_to_copy": [third]})[:2] == (429, "7018877")
    sim.control.takeover(60)  # ends them
    assert wait_for(api, job)["state"] == wait_for(api, other)["state"] == "failure"
    assert not [name for name in os.listdir(sim.roots["vol2"]) if name.startswith("many")]


def test_copies_run_at_once_and_others_need_not_wait(api, write, clone, sim):
    write("src", os.urandom(4 << 20))
    sim.control.set(copy_bytes_per_second=1 << 18, copy_early_name=True)
    names, jobs = [f"beside{number}" for number in range(50)], []
    for name in names:
        pair = {"source": side("src", "vol1"), "destination": side(name, "vol2")}
        answer = api.call("POST", "/storage/file/copy", {"files_to_copy": [pair]}, 202)
        jobs.append(answer.json()["job"]["uuid"])
    for _dummy in range(100):
        if all(os.stat(f"{sim.roots['vol2']}/{name}").st_blocks for name in names):
            break
        time.sleep(0.1)
    else:
        raise AssertionError("Some copies have not begun beside the others.")
    assert {api.get(f"/cluster/jobs/{job}")["state"] for job in jobs} == {"running"}
    clone("src", "cloned-meanwhile")
    assert os.path.exists(sim.roots["vol1"] + "/cloned-meanwhile")
    sim.control.takeover(60)  # ends them
    assert {wait_for(api, job)["state"] for job in jobs} == {"failure"}


@pytest.mark.parametrize("leaves", [False, True])
def test_what_a_failed_copy_leaves(api, write, sim, leaves):
    write("src", os.urandom(4 << 20))
    sim.control.set(copy_bytes_per_second=1 << 20, copy_failure_leaves=leaves)
    pair = {"source": side("src", "vol1"), "destination": side("rest", "vol2")}
    job = api.call("POST", "/storage/file/copy", {"files_to_copy": [pair]}, 202).json()["job"]["uuid"]
    sim.control.takeover(60)
    assert "takeover" in wait_for(api, job)["message"]
    assert os.path.exists(sim.roots["vol2"] + "/rest") is leaves


def test_takeover_shows_on_nodes_and_aggregates(api, sim):
    def seen():
        nodes = api.call("GET", "/cluster/nodes?fields=state,ha.takeover.state,ha.giveback.state").json()
        aggregates = api.call("GET", "/storage/aggregates?fields=node.name,home_node.name").json()
        away = [one["name"] for one in aggregates["records"] if one["node"] != one["home_node"]]
        return [(one["state"], one["ha"]["takeover"]["state"]) for one in nodes["records"]], away

    assert seen() == ([("up", "not_attempted"), ("up", "not_attempted")], [])
    sim.control.takeover(60)
    states, away = seen()
    assert sorted(states) == [("taken_over", "not_attempted"), ("up", "in_progress")] and len(away) == 1


def test_cancel(api, write, sim):
    write("src", os.urandom(4 << 20))
    sim.control.set(copy_bytes_per_second=1 << 20, copy_cancel=True)
    pair = {"source": side("src", "vol1"), "destination": side("cancelled", "vol2")}
    job = api.call("POST", "/storage/file/copy", {"files_to_copy": [pair]}, 202).json()["job"]["uuid"]
    api.patch(f"/cluster/jobs/{job}?action=cancel", {})
    assert wait_for(api, job)["state"] == "failure"
    assert not os.path.exists(sim.roots["vol2"] + "/cancelled")


def test_between_svms(api, write, sim):
    write("src")
    volume = {
        "name": "vol3",
        "svm.name": "svm2",
        "aggregates": ["aggr1"],
        "size": "100MB",
        "nas.path": "/vol3",
    }
    api.post("/storage/volumes", volume)
    pair = {"source": side("src", "vol1"), "destination": side("dst", "vol3", "svm2")}
    body = {"files_to_copy": [pair]}
    try:
        assert api.error("POST", "/storage/file/copy", body)[1] == "7013361"
        api.post(
            "/svm/peers",
            {"svm.name": "svm1", "name": "svm2", "applications": ["snapmirror"]},
            wait=False,
            expect=202,
        )
        assert api.error("POST", "/storage/file/copy", body)[1] == "7013360"
        api.patch("/svm/peers?svm.name=svm1", {"applications": ["snapmirror", "file_copy"]})
        assert len(api.records("/svm/peers?applications=file_copy")) == 2, "both sides"
        api.post("/storage/file/copy", body)
        assert os.path.exists(sim.volume_root("vol3") + "/dst")
    finally:
        api.call("DELETE", "/svm/peers?svm.name=svm1")
        api.delete("/storage/volumes?name=vol3")


def test_files_in_one_copy(api, write, sim):
    write("src")
    pairs = [
        {"source": side("src", "vol1"), "destination": side(f"d{number}", "vol2")} for number in range(2)
    ]
    api.post("/storage/file/copy", {"files_to_copy": pairs})
    sim.control.set(copy_max_files=1)
    assert api.error("POST", "/storage/file/copy", {"files_to_copy": pairs})[1] == "7012353"


def test_refused_copies(api, write):
    write("src")
    good = {"source": side("src", "vol1"), "destination": side("dst", "vol2")}
    cases = [
        ({**good, "source": side("none", "vol1")}, "7012358"),
        ({**good, "destination": side("no/dst", "vol2")}, "7012359"),
        ({**good, "source": side("src", "none")}, "917506"),
        ({**good, "source": side("src", "vol1", "none")}, "7012380"),
        ({**good, "source": {"path": "src"}}, "7012378"),
    ]
    for pair, expected in cases:
        assert api.error("POST", "/storage/file/copy", {"files_to_copy": [pair]})[1] == expected
    two = [good, {"source": side("src", "vol2"), "destination": side("dst2", "vol2")}]
    assert api.error("POST", "/storage/file/copy", {"files_to_copy": two})[1] == "7012352"
    assert (
        api.error("POST", "/storage/file/copy", {"files_to_copy": [good], "reference_path": "x"})[1]
        == "7012367"
    )
    assert api.error("POST", "/storage/file/copy", {"files_to_copy": [good] * 101})[1] == "7012353"
    assert api.error("POST", "/storage/file/copy", {})[1] == "262212"
