# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances that go: servers, the volumes that were made for them, and nothing of anybody else."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import unboot

from .booting import absent, left_behind, names, present
from .fakes import Clock, FakeCloud, Lines


def test_absent():
    cloud = FakeCloud()
    present(cloud, names(3))
    cloud.volumes["foreign"] = {
        "id": "foreign",
        "name": "web-0",
        "status": "available",
        "size": 1,
        "attachments": [],
    }
    left_behind(cloud, "web-9", "error")
    told = absent(cloud, ("web-0", "web-9", "web-8"), check_mode=True)
    assert [one["changed"] for one in told["instances"]] == [True, True, False]
    assert len(cloud.servers) == 3
    gone = absent(cloud, ("web-0", "web-9", "web-8"))
    assert [one["changed"] for one in gone["instances"]] == [True, True, False]
    assert len(cloud.servers) == 2
    assert sorted(cloud.volumes) == sorted({"foreign", *_attached(cloud)})
    assert not absent(cloud, ("web-0", "web-9", "web-8"))["changed"]


def _attached(cloud):
    return {
        one["id"]
        for server in cloud.servers.values()
        for one in server["os-extended-volumes:volumes_attached"]
    }


def test_absent_leaves_duplicates():
    cloud = FakeCloud()
    present(cloud, names(1))
    cloud.servers["s99"] = dict(next(iter(cloud.servers.values())), id="s99")
    found = absent(cloud, names(1))
    assert found["failed"] and "2 servers are called" in found["msg"]
    assert len(cloud.servers) == 2


@pytest.mark.parametrize("check_mode", [True, False])
def test_absent_takes_no_volume_from_another_server(check_mode):
    """The instance was renamed, or its volume was given to another server by hand."""
    cloud = FakeCloud()
    present(cloud, names(2))
    next(iter(cloud.servers.values()))["name"] = "precious"
    for volume in cloud.volumes.values():
        volume["attachments"] = [
            {"server_id": identity}
            for identity, server in cloud.servers.items()
            if server["os-extended-volumes:volumes_attached"] == [{"id": volume["id"]}]
        ]
    found = absent(cloud, names(2), check_mode)
    assert "made for web-0, is attached to server s3, which has another name; detach it" in found["msg"]
    assert [one["changed"] for one in found["instances"]] == [False, True]
    assert found["diff"] == {"before": "web-0\nweb-1\n", "after": "web-0\n"}
    assert len(cloud.servers) == len(cloud.volumes) == (2 if check_mode else 1)


@pytest.mark.parametrize("check_mode", [True, False])
def test_absent_knows_servers_that_went_meanwhile(check_mode):
    """Volumes are listed before servers, and name one that was deleted in between for a moment."""
    cloud = FakeCloud()
    left_behind(cloud, "web-0", "in-use")
    cloud.volumes["v0"]["attachments"] = [{"server_id": "s9"}]
    lists = []
    pages = cloud.pages

    def detached_later(service, path, key, **params):
        found = pages(service, path, key, **params)
        lists.append(path)
        if lists.count("/volumes/detail") == 2:
            cloud.volumes["v0"].update(status="available", attachments=[])
        return found

    cloud.pages = detached_later
    found = absent(cloud, names(1), check_mode)
    assert not found.get("failed"), found["msg"]
    assert found["changed"] and (list(cloud.volumes) == ["v0"]) is check_mode


def test_absent_tells_at_once_what_cinder_cannot_delete():
    cloud = FakeCloud()
    left_behind(cloud, "web-0", "error_deleting")
    clock = Clock()
    found = unboot.absent(cloud, names(1), 4, 3600, Lines(), False, clock=clock, sleep=clock.sleep)
    assert (
        "Volume v0 of web-0 could not be deleted and is in error_deleting: no valid backend" in found["msg"]
    )
    assert clock.now < 10


def test_absent_tells_at_once_what_nova_cannot_delete():
    cloud = FakeCloud()
    present(cloud, names(2))
    identity = next(iter(cloud.servers))
    delete = cloud.delete

    def refuse(service, path, **params):
        if path != f"/servers/{identity}":
            return delete(service, path, **params)
        fault = {"message": "libvirt is gone"}
        cloud.servers[identity].update({"status": "ERROR", "fault": fault, "OS-EXT-STS:task_state": None})
        return None

    cloud.delete = refuse
    found = absent(cloud, names(2))
    assert f"Server {identity} of web-0 could not be deleted and is in ERROR: libvirt is gone" in found["msg"]
    assert [one["failed"] for one in found["instances"]] == [True, False]
    assert found["diff"]["after"] == "web-0\n"


def test_absent_survives_a_poll_that_fails():
    cloud = FakeCloud()
    present(cloud, names(2))
    get, asked = cloud.get, []

    def flaky(service, path, **params):
        asked.append(path)
        if path == "/servers/detail" and asked.count(path) == 2:
            raise failures.Busy("Nova is busy", status=503)
        return get(service, path, **params)

    cloud.get = flaky
    found = absent(cloud, names(2))
    assert not found.get("failed") and found["summary"]["changed"] == 2
    assert not cloud.servers and not cloud.volumes
