# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, versions, what survives a kill, how many requests it takes, the old interfaces."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from ontap_sim.harness import ControlError, Simulator, SimulatorError

BARE = {"cluster": {"management": "127.5.5.5"}, "svms": []}

# ---- faults


@pytest.mark.parametrize(
    "answer, status, code",
    [
        ({"status": 401}, 401, "6691623"),
        ({"status": 403}, 403, "6"),
        ({"status": 404}, 404, "4"),
        ({"status": 409}, 409, "8"),
        ({"status": 429, "retry_after": 3}, 429, "262160"),
        ({"status": 500}, 500, "65541"),
        ({"status": 503, "code": "7", "message": "odd"}, 503, "7"),
    ],
)
def test_faulty_answers(sim, api, answer, status, code):
    sim.control.fault(method="GET", path="/api/cluster", nth=2, answer=answer)
    api.get("/cluster")
    answered = api.call("GET", "/cluster", expect=status)
    assert answered.json()["error"]["code"] == code
    assert answered.headers.get("Retry-After") == ("3" if status == 429 else None)
    api.get("/cluster")


def test_broken_cut_and_late(sim, api):
    sim.control.fault(path="/api/cluster", answer={"broken": True}, times=1)
    with pytest.raises(ValueError):
        api.get("/cluster")
    sim.control.clear_faults()
    sim.control.fault(path="/api/cluster", answer={"reset": True}, times=1)
    with pytest.raises(requests.ConnectionError):
        api.get("/cluster")
    sim.control.clear_faults()
    sim.control.fault(path="/api/cluster", answer={"delay": 0.3}, every=2)
    api.get("/cluster")
    begun = time.monotonic()
    api.get("/cluster")
    assert time.monotonic() - begun >= 0.3


def test_which_requests(sim, api):
    sim.control.fault(path="/api/storage/*", answer={"status": 500}, every=2, times=2)
    assert [api.call("GET", "/storage/volumes").status_code for _dummy in range(6)] == [
        200,
        500,
        200,
        500,
        200,
        200,
    ]
    sim.control.clear_faults()
    sim.control.fault(method="POST", path="/api/cluster", answer={"status": 500})
    api.get("/cluster")
    sim.control.clear_faults()
    sim.control.fault(path="/api/cluster", answer={"status": 500}, random=1.0)
    assert api.call("GET", "/cluster").status_code == 500
    for rule in ({}, {"path": "x"}, {"job": "x", "effect": "odd"}):
        with pytest.raises(ControlError):
            sim.control.fault(**rule)


@pytest.mark.parametrize("effect", ["fail", "stall", "vanish"])
def test_faulty_jobs(sim, api, write, effect):
    write("f")
    body = {"volume": {"uuid": api.volume("vol1")["uuid"]}, "source_path": "f", "destination_path": effect}
    sim.control.fault(
        job="POST /api/storage/file/clone", effect=effect, message="as ordered", code=123, seconds=1
    )
    job = api.call("POST", "/storage/file/clone", body, 202).json()["job"]["uuid"]
    answer = api.call("GET", f"/cluster/jobs/{job}")
    if effect == "vanish":
        assert answer.status_code == 404
    else:
        record = answer.json()
        assert record["state"] == {"fail": "failure", "stall": "running"}[effect]
    if effect == "fail":
        assert (record["message"], record["code"], record["error"]["code"]) == ("as ordered", 123, "123")
    assert os.path.exists(sim.roots["vol1"] + "/" + effect) is (effect == "vanish")


def test_device_busy(sim, api, write):
    write("f")
    body = {"volume": {"uuid": api.volume("vol1")["uuid"]}, "source_path": "f", "destination_path": "g"}
    sim.control.fault(operation="file_clone", times=1)
    assert api.error("POST", "/storage/file/clone?return_timeout=9", body)[1:] == ("16", "Device busy")
    api.post("/storage/file/clone", body)


def test_a_restarting_service(sim, api):
    sim.control.restart(0.3)
    time.sleep(0.1)
    with pytest.raises(requests.ConnectionError):
        requests.get(sim.url("/cluster"), auth=sim.auth, verify=sim.ca, timeout=5)
    for _dummy in range(50):
        if sim.control.health()["listening"]:
            break
        time.sleep(0.05)
    api.get("/cluster")


# ---- audit


def test_the_audit_log_has_no_secrets(sim, api):
    begun = time.time() - 1
    program = [{"application": "http", "authentication_methods": ["password"]}]
    api.post("/security/accounts", {"name": "audited", "password": "Verysecret1", "applications": program})
    api.delete(f"/security/accounts/{api.get('/cluster')['uuid']}/audited")
    entries = sim.control.audit(begun)
    assert "Verysecret1" not in json.dumps(entries)
    entry = next(item for item in entries if item["method"] == "POST" and item["path"].endswith("/accounts"))
    assert {"time", "account", "svm", "method", "path", "query", "body", "status", "milliseconds"} <= set(
        entry
    )
    assert (entry["account"], entry["status"], entry["body"]["password"]) == ("admin", 201, "***")


# ---- switches


def test_switches_are_checked(sim):
    with pytest.raises(ControlError, match="There is no switch"):
        sim.control.set(nonsense=1)
    with pytest.raises(ControlError, match="choose from"):
        sim.control.set(clone_existing="sometimes")


# ---- versions


@pytest.fixture
def at_version(sim):
    yield sim.control.version
    sim.control.version("9.17.1")


def test_versions(sim, api, at_version, write):
    volume = api.volume("vol1")["uuid"]
    split = "/storage/file/clone/split-status?volume.name=vol1&fields="
    assert api.records(split + "unsplit_size")
    assert api.error("GET", split + "unsplit_clone_size")[1] == "262197"
    at_version("9.11.1")
    assert api.get("/cluster?fields=version")["version"]["major"] == 11
    assert api.records(split + "unsplit_clone_size")
    assert "disaggregated" not in api.get("/cluster")
    assert api.error("GET", "/cluster?fields=disaggregated")[1] == "262197"
    write("f")
    files = f"/storage/volumes/{volume}/files/f?return_metadata=true&fields=*"
    assert "unique_bytes" in api.records(files)[0], "only from 9.17 it must be asked for by name"
    body = {"source_path": "f", "destination_path": "g"}
    assert api.error("POST", "/storage/file/clone", {**body, "volume.uuid": volume})[1] == "262212", (
        "name needed too"
    )
    pair = {
        "source": {"path": "f", "volume": {"name": "vol1"}},
        "destination": {"path": "h", "volume": {"name": "vol2"}},
    }
    assert (
        api.error("POST", "/storage/file/copy", {"files_to_copy": [pair], "reference_path": "f"})[1]
        == "262179"
    )
    at_version("9.14.1")
    assert (
        api.error("POST", "/storage/file/copy", {"files_to_copy": [pair], "reference_path": "f"})[1]
        == "7012367"
    )
    assert api.records("/protocols/nfs/services?fields=protocol.v4_lease_seconds")
    assert api.error("GET", "/storage/volumes?fields=constituent_count")[1] == "262197"
    with pytest.raises(ControlError, match="is not simulated"):
        at_version("9.13.1")


# ---- the old interfaces


def zapi(api, inner, vfiler=""):
    tunnel = f' vfiler="{vfiler}"' if vfiler else ""
    body = f'<netapp xmlns="http://www.netapp.com/filer/admin" version="1.15"{tunnel}>{inner}</netapp>'
    url = api.sim.url("").replace("/api", "/servlets/netapp.servlets.admin.XMLrequest_filer")
    return api.session.post(url, data=body, headers={"Content-Type": "text/xml"}).text


def test_zapi(api):
    assert "<major-version>1</major-version><minor-version>271</minor-version>" in zapi(
        api, "<system-get-ontapi-version/>"
    )
    assert "<generation>9</generation><major>17</major>" in zapi(api, "<system-get-version/>", "svm1")
    assert "<num-records>2</num-records>" in zapi(api, "<system-node-get-iter/>")
    assert 'errno="13003"' in zapi(api, "<system-node-get-iter/>", "svm1")
    assert 'errno="13005"' in zapi(api, "<volume-get-iter/>")
    assert 'errno="15661"' in zapi(api, "<system-get-version/>", "none")
    assert "13001" in zapi(api, "<broken")


def test_private_cli(api, write):
    write("f", b"x" * 65536)
    usage = "/private/cli/volume/file/show-disk-usage?vserver=svm1&path=/vol/vol1/"
    assert api.get(usage + "f&fields=unique-bytes")["unique_bytes"] == "64KB"
    assert api.error("GET", usage + "none&fields=unique_bytes")[1] == "917806"
    assert api.error("GET", usage + "f&fields=*")[1] == "262220"
    efficiency = api.get(
        "/private/cli/volume/efficiency?volume=vol1&vserver=svm1&fields=logical-data-size,logical-data-limit"
    )
    assert efficiency["num_records"] == 1 and efficiency["records"][0]["logical_data_limit"] > 0
    volume = api.volume("vol1")["uuid"]
    api.post(f"/storage/volumes/{volume}/snapshots", {"name": "s"})
    body = {
        "vserver": "svm1",
        "volume": "vol1",
        "source-path": "f",
        "destination-path": "g",
        "snapshot-name": "s",
    }
    api.post("/private/cli/volume/file/clone", body)
    assert api.error("POST", "/private/cli/volume/file/clone?return_timeout=9", body)[1] == "13565952"
    api.delete(f"/storage/volumes/{volume}/snapshots?name=s")


def test_counters(api):
    table = api.get(
        "/cluster/counter/tables/system:constituent?counter_schemas.name=average_processor_busy_percent&fields=counter_schemas.*"
    )
    assert table["counter_schemas"][0]["denominator"]["name"] == "cpu_elapsed_time"
    rows = api.records(
        "/cluster/counter/tables/processor/rows?id=sim-01:*&counters.name=elapsed_time&fields=counters.*"
    )
    assert len(rows) == 2 and [item["name"] for item in rows[0]["counters"]] == ["elapsed_time"]
    api.call(
        "POST",
        "/support/ems/application-logs",
        {"computer_name": "c", "event_id": "0", "severity": "notice"},
        201,
    )


# ---- state


def test_nothing_acknowledged_is_lost(make_api):
    with Simulator() as own:
        own.prepare_nfs(volumes=("v1",), size="100MB")
        api = make_api(own)
        with open(own.volume_root("v1") + "/f", "wb") as file:
            file.write(b"content")
        for number in range(20):
            api.post("/protocols/nfs/export-policies", {"svm.name": "svm1", "name": f"p{number}"})
        own.control.set(copy_bytes_per_second=1 << 20, clone_existing="overwrite")
        with open(own.volume_root("v1") + "/big", "wb") as file:
            file.write(os.urandom(5 << 20))
        side = {"volume": {"name": "v1"}}
        copying = {
            "files_to_copy": [{"source": {"path": "big", **side}, "destination": {"path": "half", **side}}]
        }
        job = api.call("POST", "/storage/file/copy", copying, 202).json()["job"]["uuid"]
        own.kill()
        own.start()
        assert api.get("/protocols/nfs/export-policies?name=p*")["num_records"] == 20
        record = api.get(f"/cluster/jobs/{job}")
        assert record["state"] == "failure" and "interrupted" in record["message"]
        assert sorted(os.listdir(own.volume_root("v1"))) == ["big", "f"], "the half copy is gone"
        api.call("POST", "/storage/file/copy", copying, 202)
        own.stop()
        own.start()
        assert sorted(os.listdir(own.volume_root("v1"))) == ["big", "f"], "also after an ordinary stop"
        assert own.control.request("GET", "/switches")["clone_existing"]["value"] == "overwrite"
        own.stop()
        assert not os.path.ismount(os.path.dirname(own.control.path) + "/state/volumes")
        own.start()
        with open(own.volume_root("v1") + "/f", "rb") as file:
            assert file.read() == b"content"


def test_refused_starts(tmp_path):
    for content, sentence in (
        ({"version": "9.1"}, "ONTAP version '9.1' is not simulated"),
        ({"nonsense": 1}, "unknown keys: nonsense"),
        ({"cluster": {"aggregates": [{"name": "a", "node": "none"}]}}, "there is no node none"),
    ):
        with pytest.raises(SimulatorError, match=sentence), Simulator(content={**BARE, **content}):
            pass
    with (
        Simulator(state_dir=str(tmp_path / "state")) as one,
        pytest.raises(SimulatorError, match="Another ONTAP simulator runs"),
        Simulator(state_dir=one.state_dir),
    ):
        pass


def test_hundreds_of_requests(sim, make_api):
    """No time is asserted (the machine may be busy): many requests at once, all answered."""

    def work(_number):
        api = make_api(sim)
        return sum(api.call("GET", "/storage/volumes?name=vol1").status_code == 200 for _dummy in range(50))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 400
