# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts A over the wire: links, errors, paging, methods, jobs, many at once."""

from __future__ import annotations

import pytest


def test_double_and_trailing_slashes(api):
    assert api.get("//cluster/?fields=version")["version"]["major"] == 17
    assert api.get("//storage/volumes/?name=vol1")["num_records"] == 1


def test_hal_and_plain_json(sim, api, make_api):
    plain = make_api(sim, accept="application/json")
    assert (
        "_links" in api.get("/storage/volumes") and "_links" in api.records("/storage/volumes?name=vol1")[0]
    )
    answer = plain.get("/storage/volumes?name=vol1&fields=svm")
    assert "_links" not in answer and "_links" not in answer["records"][0]
    assert set(plain.get("/storage/volumes?max_records=1")["_links"]) == {"next"}
    job = plain.call("POST", "/storage/file/clone", {}).json()
    assert job["error"]["code"] == "262212"


def test_head_options_and_unknown_methods(api):
    assert api.call("HEAD", "/cluster", expect=200).text == ""
    assert (
        api.call("OPTIONS", "/storage/volumes", expect=200).headers["Allow"]
        == "DELETE, GET, HEAD, OPTIONS, PATCH, POST"
    )
    assert api.call("OPTIONS", "/storage/file/copy", expect=200).headers["Allow"] == "HEAD, OPTIONS, POST"
    assert api.error("PUT", "/storage/volumes")[:2] == (405, "3")
    assert api.error("DELETE", "/cluster")[:2] == (405, "3")


def test_an_uncovered_request_is_an_unknown_api_and_counted(sim, api):
    before = sim.control.audit_summary()["uncovered"].get("GET /api/protocols/nvme/subsystems", 0)
    assert api.error("GET", "/protocols/nvme/subsystems") == (404, "3", "API not found")
    assert sim.control.audit_summary()["uncovered"]["GET /api/protocols/nvme/subsystems"] == before + 1


@pytest.mark.parametrize(
    "method, path, expected",
    [
        ("GET", "/storage/volumes/12345678-1234-1234-1234-123456789012", (404, "4", "entry doesn't exist")),
        ("GET", "/storage/volumes/1", (404, "2", '"1" is an invalid value for field "uuid" (<UUID>)')),
        (
            "GET",
            "/storage/volumes?fields=foo",
            (400, "262197", 'The value "foo" is invalid for field "fields" (<field,...>)'),
        ),
        ("GET", "/storage/volumes?foo=1", (400, "262179", 'Unexpected argument "foo".')),
        ("GET", "/storage/volumes?name=a&name=b", (400, "262188", 'Field "name" was specified twice')),
        ("GET", "/storage/volumes?order_by=foo", (400, "262268", 'Cannot order by "foo".')),
        (
            "GET",
            "/storage/volumes?return_records=false?max_records=10000",
            (
                400,
                "262197",
                'The value "false?max_records=10000" is invalid for field "return_records" (<true|false>)',
            ),
        ),
    ],
)
def test_errors(api, method, path, expected):
    assert api.error(method, path) == expected


def test_bodies_that_are_no_json(api):
    answer = api.session.post(
        api.sim.url("/storage/volumes"), data="{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "262199")
    assert api.error("GET", "/cluster", {"a": 1})[1] == "262198"
    assert api.call("DELETE", "/storage/qos/policies?name=nothing*", {}, 200).json()["num_records"] == 0


def test_no_match_is_an_empty_list(api):
    answer = api.get("/storage/volumes?name=nothing")
    assert (answer["records"], answer["num_records"]) == ([], 0)


def test_defaults_and_asked_fields(api):
    assert set(api.records("/storage/volumes?name=vol1")[0]) == {"uuid", "name", "_links"}
    record = api.records("/storage/volumes?name=vol1&svm.name=svm1&fields=size")[0]
    assert record["size"] == 1 << 30 and record["svm"]["name"] == "svm1"
    whole = api.get(f"/storage/volumes/{record['uuid']}")
    assert whole["nas"]["path"] == "/vol1" and whole["space"]["size"] == 1 << 30


def test_paging(api):
    pages, path = [], "/storage/aggregates?max_records=1&order_by=name%20desc&fields=name"
    while path:
        answer = api.call("GET", path, None, 200)
        page = answer.json()
        pages.append([record["name"] for record in page["records"]])
        path = page["_links"].get("next", {}).get("href", "")[4:]
        assert bool(path) == ("Link" in answer.headers)
    assert pages == [["aggr2"], ["aggr1"]]
    assert api.get("/storage/disks?return_records=false")["num_records"] == 24
    assert api.get("/storage/aggregates?max_records=1&offset=1")["records"][0]["name"] == "aggr2"


def test_a_comma_separates_or_not(sim, api):
    path = "/storage/aggregates?name=aggr1,aggr2"
    assert api.get(path)["num_records"] == 2
    sim.control.set(query_comma="literal")
    assert api.get(path)["num_records"] == 0


def test_cross_field_query(api):
    names = [item["name"] for item in api.records("/storage/volumes?query=*vol1*&query_fields=name,comment")]
    assert names == ["vol1"]


def test_post_answers(api):
    answer = api.call("POST", "/protocols/nfs/export-policies", {"svm.name": "svm1", "name": "answers"}, 201)
    assert answer.headers["Location"].startswith("/api/protocols/nfs/export-policies/")
    assert "records" not in answer.json()
    assert api.call("DELETE", answer.headers["Location"][4:], expect=200).json() == {}
    answer = api.call(
        "POST", "/protocols/nfs/export-policies?return_records=true", {"svm.name": "svm1", "name": "b"}, 201
    ).json()
    assert answer["num_records"] == 1 and answer["records"][0]["name"] == "b"
    api.delete(f"/protocols/nfs/export-policies/{answer['records'][0]['id']}")
    assert api.error("POST", "/protocols/nfs/export-policies?name=x", {})[1] == "262211"
    assert api.error("POST", "/protocols/nfs/export-policies?return_timeout=121", {})[:2] == (400, "262185")


def test_patch_and_delete_by_query(api):
    for number in range(3):
        api.post(
            "/storage/qos/policies",
            {"svm.name": "svm1", "name": f"many{number}", "fixed.max_throughput_iops": 5},
        )
    assert api.error("DELETE", "/storage/qos/policies")[1] == "262247"
    assert api.patch("/storage/qos/policies?name=many*", {"fixed.max_throughput_iops": 7})["num_records"] == 3
    assert [
        item["fixed"]["max_throughput_iops"]
        for item in api.records("/storage/qos/policies?name=many*&fields=fixed")
    ] == [7] * 3
    assert api.delete("/storage/qos/policies?name=many*")["num_records"] == 3


def test_many_records_in_one_post_are_a_job_with_results(api):
    body = {"records": [{"svm.name": "svm1", "name": "one"}, {"svm.name": "svm1", "name": "two"}]}
    answer = api.call("POST", "/storage/qos/policies?return_timeout=30", body, 201)
    results = answer.headers["Location"]
    assert answer.json()["job"]["_links"]["results"]["href"] == results
    assert [item["name"] for item in api.get(results[4:])["records"]] == ["one", "two"]
    assert api.error("GET", results[4:].replace("/storage/qos/policies", "/storage/luns"))[1] == "262294"
    api.delete("/storage/qos/policies?name=one|two")


def test_jobs(sim, api, write):
    write("job")
    volume = api.volume("vol1")
    body = {
        "volume": {"uuid": volume["uuid"], "name": "vol1"},
        "source_path": "job",
        "destination_path": "job2",
    }
    answer = api.call("POST", "/storage/file/clone", body, 202).json()
    href = answer["job"]["_links"]["self"]["href"]
    job = api.get(href[4:])
    assert (job["state"], job["message"], job["code"]) == ("success", "success", 0)
    assert job["description"] == "POST /api/storage/file/clone" and job["start_time"].endswith("+00:00")
    assert api.error("PATCH", href[4:] + "?action=cancel")[:2] == (400, "458762")
    sim.control.advance(299)
    api.get(href[4:])
    sim.control.advance(2)
    assert api.error("GET", href[4:])[:2] == (404, "4")


def test_a_job_that_ends_in_time_answers_at_once_or_not(sim, api, write):
    write("job")
    volume = api.volume("vol1")
    body = {"volume": {"uuid": volume["uuid"], "name": "vol1"}, "source_path": "job", "destination_path": "a"}
    api.call("POST", "/storage/file/clone?return_timeout=20", body, 201)
    # a failure inside return_timeout is the request's failure
    assert api.error("POST", "/storage/file/clone?return_timeout=20", body)[:2] == (409, "13565952")
    with sim.control.switched(job_finished_status="accepted"):
        api.call("POST", "/storage/file/clone?return_timeout=20", {**body, "destination_path": "b"}, 202)


def test_slow_jobs_are_seen_running(sim, api, write):
    write("job")
    volume = api.volume("vol1")
    body = {"volume": {"uuid": volume["uuid"], "name": "vol1"}, "source_path": "job", "destination_path": "a"}
    sim.control.set(job_seconds=0.5)
    uuid = api.call("POST", "/storage/file/clone", body, 202).json()["job"]["uuid"]
    assert api.get(f"/cluster/jobs/{uuid}?fields=state")["state"] == "running"
    assert api.error("PATCH", f"/cluster/jobs/{uuid}", {"action": "cancel"})[:2] == (400, "458784")
    # an answer may wait a little, so that the first poll finds the job done
    sim.control.set(job_seconds=0.1, job_grace_seconds=5)
    uuid = api.call("POST", "/storage/file/clone", {**body, "destination_path": "b"}, 202).json()["job"][
        "uuid"
    ]
    assert api.get(f"/cluster/jobs/{uuid}?fields=state")["state"] == "success"
