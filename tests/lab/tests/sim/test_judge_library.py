# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge 3: the official netapp-ontap library, for every covered endpoint."""

from __future__ import annotations

import os

import pytest
from netapp_ontap import HostConnection, NetAppRestError, resources

from .library_judge import CASES, SINGLE, unknown_fields


def value(record, name):
    for part in name.split("."):
        record = record[part] if isinstance(record, dict) else getattr(record, part)
    return record


@pytest.fixture(scope="module")
def marked(sim):
    """The library says who it is: its requests are told from ours by the client's name (facts A1)."""
    return len(sim.control.audit())


@pytest.fixture
def library(sim, monkeypatch, marked):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sim.ca)
    connection = HostConnection(
        sim.host,
        port=sim.port,
        username=sim.username,
        password=sim.password,
        verify=sim.ca,
        poll_interval=0.1,
    )
    with connection:
        yield connection


@pytest.fixture
def parents(api):
    """What the nested resources belong to; made on first use, gone afterwards."""
    cluster = api.get("/cluster")["uuid"]
    api.call(
        "POST",
        "/security/roles",
        {"name": "limited", "privileges": [{"path": "/api/cluster", "access": "readonly"}]},
    )
    api.call("POST", "/protocols/san/igroups", {"svm.name": "svm1", "name": "mapped", "os_type": "linux"})
    body = {"svm.name": "svm1", "name": "/vol/vol1/mapped", "os_type": "linux", "space.size": "1MB"}
    api.call("POST", "/storage/luns?return_timeout=30", body)
    yield {
        "wafl": "wafl",
        "volume": api.volume("vol1")["uuid"],
        "policy": api.records("/protocols/nfs/export-policies?svm.name=svm1&name=default")[0]["id"],
        "igroup": api.records("/protocols/san/igroups?name=mapped")[0]["uuid"],
        "cluster": cluster,
        "limited": "limited",
    }
    api.delete("/storage/luns?svm.name=svm1&allow_delete_while_mapped=true")
    api.delete("/protocols/san/igroups?svm.name=svm1")
    api.delete(f"/security/roles/{cluster}/limited")


def schema_of(case):
    schema = case.resource._schema
    return schema() if isinstance(schema, type) else schema


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_endpoint(case, library, parents, api, sim):
    arguments = [parents[name] for name in case.parents]
    path = case.path
    for name in case.parents:
        path = path[: path.index("{")] + str(parents[name]).replace("/", "%2F") + path[path.index("}") + 1 :]
    query = case.query or ({"name": case.create["name"]} if case.create and "name" in case.create else {})
    if case.create:
        item = case.resource(*arguments)
        for name, content in case.create.items():
            setattr(item, name, content)
        item.post(hydrate=True, poll_interval=0.1)
        query = query or {case.keys[0]: value(item, case.keys[0])}
    found = list(case.resource.get_collection(*arguments, fields="*", max_records=1, **query))
    if case.create or case.query:
        assert len(found) == 1
        found[0].get()
    # every name in our answers is one of the library's
    answer = api.get(path + "?fields=**&" + "&".join(f"{name}={text}" for name, text in query.items()))
    for record in answer["records"]:
        assert unknown_fields(schema_of(case), record) == []
    if case.modify:
        item = found[0]
        for name, content in case.modify.items():
            setattr(item, name, content)
        item.patch(poll_interval=0.1)
        item.get()
        shown = item.to_dict()
        for name, content in case.modify.items():
            if isinstance(content, dict):
                (part, inner), *_rest = content.items()
                assert shown[name][part] == inner
            else:
                assert shown[name] == content
    if case.create:
        found[0].delete(poll_interval=0.1)
        with pytest.raises(NetAppRestError) as caught:
            found[0].get()
        assert caught.value.status_code == 404


def test_cluster(library):
    cluster = resources.Cluster()
    cluster.get()
    assert (cluster.version.generation, cluster.version.major) == (9, 17)
    cluster.contact = "someone"
    cluster.patch()
    cluster.get()
    assert cluster.contact == "someone"


def test_files_clone_copy_and_jobs(library, sim, write):
    write("src", os.urandom(65536))
    volume = resources.Volume.find(name="vol1")
    where = {"uuid": volume.uuid, "name": "vol1"}
    directory = resources.FileInfo(volume.uuid, "d1")
    directory.type, directory.unix_permissions = "directory", 755
    directory.post()
    clone = resources.FileClone(volume=where, source_path="src", destination_path="d1/clone")
    clone.post(poll_interval=0.1)
    names = [item.name for item in resources.FileInfo.get_collection(volume.uuid, "d1")]
    assert names == [".", "..", "clone"]
    info = resources.FileInfo(volume.uuid, "d1/clone")
    info.get(return_metadata=True, fields="unique_bytes,size")
    assert (info.size, info.unique_bytes) == (65536, 0)
    side = {"svm": {"name": "svm1"}, "volume": {"name": "vol1"}}
    other = {"svm": {"name": "svm1"}, "volume": {"name": "vol2"}}
    copy = resources.FileCopy(
        files_to_copy=[{"source": {"path": "src", **side}, "destination": {"path": "copy", **other}}]
    )
    answer = copy.post(poll_interval=0.1)
    assert answer.http_response.status_code == 200 and answer.http_response.json()["state"] == "success"
    jobs = list(resources.Job.get_collection(description="POST /api/storage/file/*", fields="*"))
    assert "success" in {job.state for job in jobs}
    jobs[0].get()
    with pytest.raises(NetAppRestError):
        jobs[0].patch(action="cancel")
    renamed = resources.FileInfo.from_dict({"path": "renamed"}, volume.uuid, "d1/clone")
    assert renamed is not None
    directory = resources.FileInfo(volume.uuid, "d1")
    directory.delete(recurse=True)
    assert not os.path.exists(sim.roots["vol1"] + "/d1")


def test_application_log(library):
    log = resources.EmsApplicationLog(
        computer_name="c", event_id=1, event_source="s", category="c", severity="notice"
    )
    assert log.post().http_response.status_code == 201


def test_which_endpoints_it_judged(sim, marked, record_judgement):
    mine = [
        entry
        for entry in sim.control.audit()[marked:]
        if (entry.get("client") or "").startswith("netapp-ontap")
    ]
    record_judgement("library", mine)


def test_every_endpoint_has_a_case(sim):
    covered = {item["path"] for item in sim.control.request("GET", "/coverage")}
    judged = {case.path for case in CASES} | set(SINGLE)
    assert {path for path in covered if not path.startswith("/private/cli")} == judged
