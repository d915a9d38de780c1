# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File clones on the simulator: content, counts, busy answers, accounts, TLS."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap import (
    clones,
    files,
    volumes,
)

CLONE = "/api/storage/file/clone"
PAIR = ("glance/image", "clone")


def perform(cluster, pairs=(PAIR,), login=None, **more):
    """Records of a task with a client of its own."""
    client = cluster.client(**(login or {}))
    return clones.perform(client, "svm1", "vol1", list(pairs), **more)[0], client


def test_content_owner_and_unique_bytes(cluster):
    records, client = perform(cluster)
    assert records[0]["changed"]
    assert records[0]["job_uuid"]
    assert cluster.content("vol1", "clone") == cluster.content("vol1", "glance/image")
    volume = volumes.find_volume(client, "svm1", "vol1")
    info = files.file_info(client, volume, "clone")
    assert (info.size, info.owner_id, info.mode) == (8 * 2**20, 42415, "0644")
    assert info.unique_bytes == 0


def test_one_tls_connection_for_a_sequential_task(cluster):
    _records, client = perform(cluster)
    pools = client._session.get_adapter("https://x").poolmanager.pools
    assert sum(pools[key].num_connections for key in pools.keys()) == 1  # noqa: SIM118
    assert client.requests == 7


@pytest.mark.parametrize("finished", ["created", "accepted"])
@pytest.mark.parametrize("existing", ["refuse", "overwrite"])
def test_existing_destination_is_left_alone(cluster, finished, existing):
    cluster.sim.control.set(job_finished_status=finished, clone_existing=existing)
    (cluster.roots["vol1"] / "clone").write_bytes(b"mine")
    records, _client = perform(cluster, [PAIR, ("glance/image", "other")])
    assert [record["changed"] for record in records] == [False, True]
    assert cluster.content("vol1", "clone") == b"mine"
    perform(cluster, overwrite=True)
    assert cluster.content("vol1", "clone") == cluster.content("vol1", "glance/image")


def test_many_and_again(cluster):
    pairs = [("glance/image", f"disk-{number}") for number in range(60)]
    records, _client = perform(cluster, pairs, concurrency=8)
    assert sum(record["changed"] for record in records) == 60
    records, client = perform(cluster, pairs, concurrency=8)
    assert not any(record["changed"] for record in records)
    assert client.requests == 2


def test_many_while_the_cluster_is_busy(cluster):
    answer = {"status": 429, "retry_after": 0}
    cluster.sim.control.fault(method="POST", path=CLONE, every=3, answer=answer)
    cluster.sim.control.fault(operation="file_clone", message="Device busy", code=16, every=7)
    pairs = [("glance/image", f"disk-{number}") for number in range(20)]
    records, client = perform(cluster, pairs, concurrency=8)
    assert sum(record["changed"] for record in records) == 20
    assert client.requests > 6 + 2 * 20
    assert len(cluster.names("vol1")) == 20


def test_unknown_refusals_are_not_retried(cluster):
    cluster.sim.control.fault(operation="file_clone", message="Something new happened", code=4711)
    records, _client = perform(cluster)
    assert "Something new happened" in records[0]["msg"]
    assert cluster.calls("POST", CLONE) == 1
    assert cluster.names("vol1") == []


def test_busy_to_the_end_is_one_sentence(cluster):
    cluster.sim.control.fault(method="POST", path=CLONE, answer={"status": 503, "retry_after": 3})
    records, _client = perform(cluster, login={"retry_total": 4})
    assert "at most 4 seconds" in records[0]["msg"]


@pytest.mark.parametrize("svm_account", [False, True])
@pytest.mark.parametrize("certificate", [False, True])
def test_accounts(cluster, svm_account, certificate):
    sim = cluster.sim
    account = "vsadmin" if svm_account else "admin"
    login = {"hostname": sim.svm_host("svm1") if svm_account else sim.host, "username": account}
    if certificate:
        cert, key = sim.client_certificate(account)
        login |= {"username": None, "password": None, "cert_filepath": cert, "key_filepath": key}
    records, _client = perform(cluster, login=login)
    assert records[0]["changed"]


def test_source_in_a_snapshot(cluster):
    client = cluster.client()
    volume = volumes.find_volume(client, "svm1", "vol1")
    before = cluster.content("vol1", "glance/image")
    snapshot = f"/storage/volumes/{volume.uuid}/snapshots"
    client.post(snapshot, {"name": "daily"}, {"return_timeout": 30})
    (cluster.roots["vol1"] / "glance" / "image").write_bytes(b"later")
    try:
        records, _client = perform(cluster, [(".snapshot/daily/glance/image", "restored")])
        assert records[0]["changed"]
        assert cluster.content("vol1", "restored") == before
    finally:
        record = client.collection(snapshot, {"name": "daily"})[0]
        client.delete(f"{snapshot}/{record['uuid']}", {"return_timeout": 30})


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ({"password": "wrong"}, "The login of admin was refused"),
        ({"username": "nobody"}, "The login of nobody was refused"),
        ({"http_port": 1}, "Nothing listens"),
        ({"hostname": "no-such-host.invalid"}, "cannot be resolved"),
        ({"hostname": "127.0.0.1"}, "Nothing listens"),
    ],
)
def test_no_login_is_one_sentence(cluster, login, words):
    with pytest.raises(failures.EnhancedInstanceError) as caught:
        perform(cluster, login=login)
    assert words in caught.value.sentence
    assert "wrong" not in caught.value.sentence


def test_private_ca_without_ca_path(cluster, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(failures.Unreachable, match="give the PEM file of the CA.*as ca_path"):
        perform(cluster, login={"ca_path": None})
    assert perform(cluster, login={"ca_path": None, "validate_certs": False})[0][0]["changed"]


def test_ca_from_the_environment_and_ca_path_before_it(cluster, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", cluster.sim.ca)
    assert perform(cluster, login={"ca_path": None})[0][0]["changed"]
    other = tmp_path / "other.pem"
    other.touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    assert not perform(cluster)[0][0]["changed"]


def test_volume_offline(cluster):
    cluster.sim.control.volume_state("vol1", "offline")
    try:
        with pytest.raises(failures.Unsupported, match="bring it online"):
            perform(cluster)
    finally:
        cluster.sim.control.volume_state("vol1", "online")


@pytest.mark.parametrize("version", ["9.11.1", "9.14.1", "9.17.1"])
def test_versions(cluster, version):
    cluster.sim.control.version(version)
    try:
        records, client = perform(cluster)
        assert records[0]["changed"]
        assert ".".join(str(number) for number in client.version) == version
    finally:
        cluster.sim.control.version("9.17.1")
