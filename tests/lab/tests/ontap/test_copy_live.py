# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File copies on the simulator: content, killed runs, runs side by side, undocumented behaviour both ways."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    copies,
    files,
    jobs,
    transfer,
    volumes,
)

COPY = "/api/storage/file/copy"
MODULE = "openstack_ontap.enhanced_instance.ontap_file_copy"


def one(path="copy", source="glance/image", volume="vol2", svm=None):
    """A record of the arguments."""
    origin = {"vserver": "svm1", "volume": "vol1", "path": source}
    return {"source": origin, "destination": {"vserver": svm, "volume": volume, "path": path}}


def perform(cluster, asked=None, login=None, **more):
    """(records, client) of a task with a client of its own."""
    client = cluster.client(**(login or {}))
    return copies.perform(client, asked or [one()], **more)[0], client


def same(cluster, path="copy", volume="vol2"):
    """Whether the copy has the image's content."""
    return cluster.content(volume, path) == cluster.content("vol1", "glance/image")


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"copy_early_name": False},
        {"copy_existing": "overwrite", "clone_existing": "overwrite", "rename_existing": "overwrite"},
        {"copy_path_form": "strict", "copy_svm": "required"},
        {"copy_keeps_owner": False, "clone_keeps_owner": False},
        {"job_finished_status": "accepted", "job_seconds": 0.3},
    ],
)
def test_whatever_ontap_does_not_document(cluster, switches):
    cluster.sim.control.set(**switches)
    (cluster.roots["vol2"] / "mine").write_bytes(b"mine")
    records, _client = perform(cluster, [one(), one("mine")])
    assert [record["changed"] for record in records] == [True, False]
    assert same(cluster)
    assert cluster.content("vol2", "mine") == b"mine"
    assert cluster.names("vol2") == ["copy", "mine"]
    records, client = perform(cluster, [one(), one("mine")])
    assert not any(record["changed"] for record in records)
    assert client.requests == 2


def test_blocks_are_compared(cluster):
    records, client = perform(cluster, samples=6)
    assert records[0]["changed"]
    volume = volumes.find_volume(client, "svm1", "vol2")
    for offset in (0, 4096, 8 * 2**20 - 4096):
        block = files.read_file(client, volume, "copy", offset, 4096)
        assert block == cluster.content("vol2", "copy")[offset : offset + 4096]


def test_many_and_again(cluster):
    asked = [one(f"copy-{number}") for number in range(12)]
    records, _client = perform(cluster, asked, concurrency=6)
    assert sum(record["changed"] for record in records) == 12
    assert all(same(cluster, f"copy-{number}") for number in range(12))
    assert len(cluster.names("vol2")) == 12
    records, client = perform(cluster, asked)
    assert not any(record["changed"] for record in records)
    assert client.requests == 2


def test_overwrite(cluster):
    (cluster.roots["vol2"] / "copy").write_bytes(b"mine")
    assert perform(cluster, overwrite=True)[0][0]["changed"]
    assert same(cluster)
    assert cluster.names("vol2") == ["copy"]


@pytest.mark.parametrize("leaves", [False, True])
def test_failed_job_leaves_nothing(cluster, leaves):
    cluster.sim.control.set(copy_failure_leaves=leaves)
    rule = {"job": "POST /api/storage/file/copy", "effect": "fail", "code": 4711, "message": "Something new"}
    cluster.sim.control.fault(**rule)
    records, _client = perform(cluster)
    assert records[0]["failure"]["code"] == "4711"
    assert "Something new" in records[0]["msg"]
    assert cluster.calls("POST", COPY) == 1
    assert cluster.names("vol2") == []


def test_vanished_job_is_judged_by_the_file(cluster):
    cluster.sim.control.fault(job="POST /api/storage/file/copy", effect="vanish", times=1)
    records, _client = perform(cluster)
    assert not records[0]["failed"] or cluster.names("vol2") == []
    if not records[0]["failed"]:
        assert same(cluster)


def test_lost_answers_while_waiting(cluster):
    cluster.sim.control.set(copy_bytes_per_second=8 * 2**20)
    cluster.sim.control.fault(method="GET", path="/api/cluster/jobs/*", every=3, answer={"reset": True})
    assert perform(cluster)[0][0]["changed"]
    assert same(cluster)


def test_no_room(cluster):
    cluster.sim.control.fill("vol2", 4 * 2**20)
    try:
        records, _client = perform(cluster)
        assert "bytes free" in records[0]["msg"]
        assert cluster.calls("POST", COPY) == 0
        assert cluster.names("vol2") == []
    finally:
        cluster.sim.control.fill("vol2", 900 * 2**20)


def test_room_of_a_leftover_is_counted(cluster):
    leftover = cluster.roots["vol2"] / (transfer.family("copy") + "0123456789-abcdef01")
    leftover.write_bytes(cluster.content("vol1", "glance/image"))
    cluster.sim.control.fill("vol2", 4 * 2**20)
    try:
        records, _client = perform(cluster)
        assert records[0]["changed"], records
        assert cluster.names("vol2") == ["copy"]
    finally:
        cluster.sim.control.fill("vol2", 900 * 2**20)


@pytest.mark.parametrize("name", ["x", "plain"])
@pytest.mark.parametrize("listing", ["refuse", "metadata"])
@pytest.mark.parametrize("check", [True, False])
def test_destination_below_a_file(cluster, name, listing, check):
    cluster.sim.control.set(list_file=listing)
    (cluster.roots["vol2"] / "plain").write_bytes(b"mine")
    records, _client = perform(cluster, [one(f"plain/{name}"), one("plain/x/y"), one("fine")], check=check)
    assert [record["failed"] for record in records] == [True, True, False]
    assert "is a file" in records[0]["msg"]
    assert all(record["failure"]["cure"] for record in records[:2])
    assert not records[2]["changed"]
    assert cluster.names("vol2") == ["plain"]


@pytest.mark.parametrize("check", [True, False])
def test_existing_file_is_not_replaced_without_the_licence(cluster, check):
    (cluster.roots["vol2"] / "copy").write_bytes(b"mine")
    cluster.sim.control.set(flexclone_licence="unlicensed")
    with pytest.raises(failures.Unsupported, match="Replacing an existing file"):
        perform(cluster, overwrite=True, check=check)
    assert cluster.calls("POST", COPY) == 0
    assert perform(cluster, [one("new")], overwrite=True)[0][0]["changed"]
    assert cluster.names("vol2") == ["copy", "new"]
    assert cluster.content("vol2", "copy") == b"mine"


def test_other_svm_needs_peering(cluster):
    asked = [one(volume="far", svm="svm2")]
    with pytest.raises(failures.Unsupported, match="peer to true") as caught:
        perform(cluster, asked)
    assert caught.value.code == "7013361"
    client = cluster.client()
    records, peerings, _diff = copies.perform(client, asked, peer=True)
    try:
        assert records[0]["changed"]
        assert peerings == [["svm2", "svm1"]]
        assert same(cluster, volume="far")
        records, peerings, _diff = copies.perform(client, [*asked, one("second", volume="far", svm="svm2")])
        assert [record["changed"] for record in records] == [False, True]
        assert peerings == []
    finally:
        record = client.collection("/svm/peers")[0]
        client.delete(f"/svm/peers/{record['uuid']}", {"return_timeout": 30})  # both sides of it go


def test_svm_account_copies_within_its_svm(cluster):
    login = {"hostname": cluster.sim.svm_host("svm1"), "username": "vsadmin"}
    records, _client = perform(cluster, login=login)
    assert records[0]["changed"], records[0]
    assert same(cluster)


def at_once(cluster, *arguments, later=0.0, **more):
    """The records of two runs side by side, the second begun some seconds later."""
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(perform(cluster, *arguments, **more)[0][0]))
        for _number in range(2)
    ]
    for thread in threads:
        thread.start()
        time.sleep(later)
    for thread in threads:
        thread.join()
    return results


def test_two_runs_peer_at_once(cluster):
    cluster.sim.control.fault(method="POST", path="/api/svm/peers", answer={"delay": 1})
    try:
        results = at_once(cluster, [one(volume="far", svm="svm2")], peer=True)
        assert not any(record["failed"] for record in results), results
        assert len(results) == 2
    finally:
        client = cluster.client()
        record = client.collection("/svm/peers")[0]
        client.delete(f"/svm/peers/{record['uuid']}", {"return_timeout": 30})


def test_a_run_that_is_slow_to_publish_is_not_taken_for_dead(cluster):
    answer = {"status": 503, "retry_after": 6}
    cluster.sim.control.fault(method="POST", path="/api/storage/file/clone", times=1, answer=answer)
    results = at_once(cluster, later=1.0)
    assert sorted(record["changed"] for record in results) == [False, True], results
    assert cluster.calls("POST", COPY) == 1
    assert cluster.names("vol2") == ["copy"]


def test_two_runs_at_once(cluster):
    cluster.sim.control.set(copy_bytes_per_second=16 * 2**20)
    results = at_once(cluster)
    assert not any(record["failed"] for record in results), results
    assert any(record["changed"] for record in results)
    assert same(cluster)
    assert cluster.names("vol2") == ["copy"]


def test_timeout_then_the_next_run(cluster):
    cluster.sim.control.set(copy_bytes_per_second=3 * 2**20)
    records, _client = perform(cluster, timeout=1)
    assert "has not ended within 1 seconds" in records[0]["msg"]
    assert "copy" not in cluster.names("vol2")
    records, _client = perform(cluster, timeout=60)
    assert records[0]["changed"], records[0]
    assert same(cluster)
    assert cluster.names("vol2") == ["copy"]
    assert cluster.calls("POST", COPY) == 2


@pytest.mark.parametrize("early", [True, False])
def test_killed_run_then_the_next(cluster, early):
    """kill -9 while the copy runs in the cluster; the next run waits for it, removes it, and copies."""
    cluster.sim.control.set(copy_bytes_per_second=3 * 2**20, copy_early_name=early)
    arguments = {**cluster.login(), "files": [one()]}
    arguments["files"][0]["destination"].pop("vserver")
    command = [
        os.path.join(os.path.dirname(sys.executable), "ansible"),
        *(
            "localhost",
            "-m",
            MODULE,
            "-a",
            json.dumps(arguments),
            "-e",
            f"ansible_python_interpreter={sys.executable}",
        ),
    ]
    run = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while not cluster.calls("POST", COPY) and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert run.poll() is None, run.stdout.read()
    kill_with_children(run.pid)
    run.wait()
    run.stdout.close()
    assert "copy" not in cluster.names("vol2")
    cluster.sim.control.set(copy_bytes_per_second=200 * 2**20)
    records, _client = perform(cluster, timeout=60)
    assert records[0]["changed"], records[0]
    assert same(cluster)
    assert cluster.calls("POST", COPY) == 2
    if not early:  # the killed run's copy gets its name only when it ends: after our look
        wait_for_jobs(cluster)
        perform(cluster)
    assert cluster.names("vol2") == ["copy"]
    assert not perform(cluster)[0][0]["changed"]


def wait_for_jobs(cluster):
    """Until no copy is under way."""
    client = cluster.client()
    while jobs.running(client, transfer.COPY_JOB):
        time.sleep(0.2)


def kill_with_children(pid):
    """kill -9 a process and its descendants (the module runs in a session of its own)."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8") as stat:
            parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
