# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUN clones and copies on the simulator."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import lun_clones, luns

SOURCE, CLONE, COPY = "/vol/vol1/image", "/vol/vol1/clone", "/vol/vol2/copy"
SIZE = 16 * 2**20


@pytest.fixture(name="san")
def fixture_san(cluster):
    """The cluster with one LUN with content, and none of the others at the end."""
    admin = cluster.client()
    body = {"svm": {"name": "svm1"}, "name": SOURCE, "os_type": "linux", "space": {"size": SIZE}}
    admin.post("/storage/luns", body, {"return_timeout": 30})
    data(cluster, "vol1", "image").write_bytes(cluster.content("vol1", "glance/image") * 2)
    yield cluster
    cluster.sim.control.reset()
    for record in admin.collection("/storage/luns"):
        admin.delete(f"/storage/luns/{record['uuid']}", {"return_timeout": 30})


def data(cluster, volume, name):
    """Where the simulator keeps the data of a LUN."""
    return cluster.roots[volume].parent / "luns" / name


def perform(cluster, *pairs, **more):
    """(records, client) of a task with a client of its own."""
    client = cluster.client()
    return lun_clones.perform(client, "svm1", list(pairs), **more)[0], client


def all_luns(cluster):
    """{name: Lun} of both FlexVols."""
    return luns.list_luns(cluster.client(), "svm1", ["vol1", "vol2"])


def test_clone_and_copy_once(san):
    pairs = [(SOURCE, CLONE), (SOURCE, COPY)]
    records, _client = perform(san, *pairs, reserved=False)
    assert [record["method"] for record in records] == ["clone", "copy"]
    assert all(record["changed"] for record in records)
    found = all_luns(san)
    assert sorted(found) == sorted([SOURCE, CLONE, COPY])
    assert {found[name].reserved for name in (CLONE, COPY)} == {False}
    content = data(san, "vol1", "image").read_bytes()
    assert data(san, "vol1", "clone").read_bytes() == data(san, "vol2", "copy").read_bytes() == content
    records, client = perform(san, *pairs)
    assert not any(record["changed"] for record in records)
    assert client.requests == 1


def test_timeout_then_the_next_run_goes_on(san):
    san.sim.control.set(copy_bytes_per_second=4 * 2**20)
    records, _client = perform(san, (SOURCE, COPY), timeout=1)
    assert "has not ended within 1 seconds" in records[0]["msg"]
    assert COPY not in all_luns(san)
    begun = san.calls("POST", "/api/storage/luns")
    records, _client = perform(san, (SOURCE, COPY), timeout=60)
    assert records[0]["changed"], records
    assert san.calls("POST", "/api/storage/luns") == begun
    assert sorted(all_luns(san)) == sorted([SOURCE, COPY])
    assert data(san, "vol2", "copy").read_bytes() == data(san, "vol1", "image").read_bytes()


def at_once(cluster, pair):
    """The records of two runs side by side."""
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(perform(cluster, pair)[0][0])) for _number in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_runs_at_once(san):
    san.sim.control.set(copy_bytes_per_second=16 * 2**20)
    results = at_once(san, (SOURCE, COPY))
    assert any(record["changed"] for record in results), results
    assert not any(record["failed"] for record in results), results
    assert sorted(all_luns(san)) == sorted([SOURCE, COPY])
    assert data(san, "vol2", "copy").read_bytes() == data(san, "vol1", "image").read_bytes()


def test_device_busy_is_retried_and_other_texts_are_not(san):
    san.sim.control.fault(operation="lun_clone", message="Device busy", code=16, times=2)
    records, _client = perform(san, (SOURCE, CLONE))
    assert records[0]["changed"], records
    san.sim.control.fault(operation="lun_clone", message="Something new", code=4711)
    before = san.calls("POST", "/api/storage/luns")
    records, _client = perform(san, (SOURCE, "/vol/vol1/second"))
    assert records[0]["failure"]["code"] == "4711"
    assert san.calls("POST", "/api/storage/luns") == before + 1


def test_failed_copy_leaves_nothing(san):
    san.sim.control.fault(operation="lun_copy", message="No space left on device", code=4711)
    records, _client = perform(san, (SOURCE, COPY))
    assert "No space left" in records[0]["msg"]
    assert sorted(all_luns(san)) == [SOURCE]


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        ("/vol/vol1/glance", "is a directory"),
        ("/vol/vol2/plain", "is a file"),
        ("/vol/vol2/nowhere/x", "The qtree 'nowhere'"),
        ("/vol/vol1/./x", "not the name of a LUN"),
        ("/vol/vol2/" + "x" * 300, "more than 255 bytes"),
    ],
)
def test_wrong_destinations_are_found_first(san, destination, words):
    (san.roots["vol2"] / "plain").write_bytes(b"mine")
    for check in (True, False):
        records, _client = perform(san, (SOURCE, destination), (SOURCE, CLONE), check=check)
        assert words in records[0]["msg"]
        assert not records[1]["changed"]
    assert sorted(all_luns(san)) == [SOURCE]


def test_missing_snapshot_and_missing_room_are_found_first(san):
    before = san.calls("POST", "/api/storage/luns")
    records, _client = perform(san, ("/vol/vol1/.snapshot/gone/image", CLONE), (SOURCE, COPY))
    assert "The snapshot 'gone'" in records[0]["msg"]
    san.sim.control.fill("vol2", 4 * 2**20)
    try:
        records, _client = perform(san, (SOURCE, COPY))
        assert "bytes free" in records[0]["msg"]
    finally:
        san.sim.control.fill("vol2", 900 * 2**20)
    assert san.calls("POST", "/api/storage/luns") == before


def test_two_runs_clone_at_once(san):
    san.sim.control.fault(method="POST", path="/api/storage/luns", answer={"delay": 1})
    results = at_once(san, (SOURCE, CLONE))
    assert not any(record["failed"] for record in results), results
    assert sorted(record["changed"] for record in results) == [False, True]


def test_cut_connections_while_waiting(san):
    san.sim.control.set(copy_bytes_per_second=8 * 2**20)
    san.sim.control.fault(method="GET", path="/api/storage/luns/*", every=2, answer={"reset": True})
    records, _client = perform(san, (SOURCE, COPY))
    assert records[0]["changed"], records
    assert sorted(all_luns(san)) == sorted([SOURCE, COPY])


def test_refused_rename_leaves_nothing(san):
    answer = {"status": 500, "code": "65552", "message": "Internal error"}
    san.sim.control.fault(method="PATCH", path="/api/storage/luns/*", answer=answer)
    records, _client = perform(san, (SOURCE, COPY))
    assert records[0]["failure"]["code"] == "65552"
    assert sorted(all_luns(san)) == [SOURCE]


def test_published_lun_survives_a_run_that_loses_its_connection(san):
    """The second run waits for the same copy, and cannot reach the cluster while the first publishes it."""
    san.sim.control.set(copy_bytes_per_second=8 * 2**20)
    second = san.client()
    looks = []

    def late(seconds):
        looks.append(seconds)
        assert perform(san, (SOURCE, COPY))[0][0]["changed"]
        san.sim.control.fault(method="GET", path="/api/storage/luns/*", times=4, answer={"reset": True})
        second.sleep = lambda _seconds: None

    second.sleep = late
    records, _diff = lun_clones.perform(second, "svm1", [(SOURCE, COPY)])
    assert looks
    assert records[0]["failed"]
    assert sorted(all_luns(san)) == sorted([SOURCE, COPY])
