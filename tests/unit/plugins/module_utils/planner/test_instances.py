# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance's next step, and the quota, as tables."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import instance_step
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.instance_step import (
    Server,
    Target,
    Volume,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.quota import (
    Need,
    shortfalls,
)

TARGET = Target("img", "flv", 2, "fast")


def volume(status="available", **changes):
    return Volume(
        **{
            "id": "v1",
            "status": status,
            "size": 2,
            "volume_type": "fast",
            "image_id": "img",
            "marked_name": "web",
            **changes,
        }
    )


def server(status="ACTIVE", **changes):
    return Server(**{"id": "s1", "status": status, "flavor_id": "flv", "volumes": ("v1",), **changes})


@pytest.mark.parametrize(
    ("servers", "volumes", "left", "action", "said"),
    [
        ([], [], [], "create", ""),
        ([server()], [volume()], [], "keep", ""),
        ([server("SHUTOFF")], [volume()], [], "keep", ""),
        ([server("BUILD")], [], [], "await_server", ""),
        ([server("ERROR", fault="no host")], [volume()], [], "conflict", "in ERROR: no host"),
        ([server(), server(id="s2")], [volume()], [], "conflict", "2 servers are called web: s1, s2"),
        ([server(flavor_id="big")], [volume()], [], "conflict", "flavor big and not flv"),
        ([server()], [volume(image_id="old")], [], "conflict", "image old and not img"),
        ([server()], [volume(volume_type="slow")], [], "conflict", "volume type slow and not fast"),
        ([server(volumes=())], [], [], "conflict", "root disk no volume and not a volume"),
        ([], [], [volume()], "boot", ""),
        ([], [], [volume("creating")], "await_volume", ""),
        ([], [], [volume("downloading")], "await_volume", ""),
        ([], [], [volume("error")], "replace", ""),
        ([], [], [volume("error", booted=True)], "conflict", "Volume v1, which web had before, is in error"),
        ([], [], [volume("error"), volume("error", id="v2", booted=True)], "conflict", "Volume v2, which"),
        # Who asked for its deletion has given its data up, and Cinder deletes it no more.
        ([], [], [volume("error_deleting", booted=True)], "replace", ""),
        (
            [],
            [],
            [volume("error_deleting", booted=True), volume("error", id="v2", booted=True)],
            "conflict",
            "Volume v2, which",
        ),
        ([server(leaving=True)], [volume()], [], "conflict", "Server web (s1) is being deleted"),
        ([], [], [volume("error", id="v0"), volume()], "boot", ""),
        ([], [], [volume("deleting")], "create", ""),
        ([], [], [volume(image_id="old")], "conflict", "left behind"),
        ([], [], [volume(size=9)], "conflict", "volume size 9 GiB and not 2 GiB"),
        ([], [], [volume("reserved")], "await_volume", ""),
        ([], [], [volume("backing-up")], "conflict", "is backing-up"),
    ],
)
def test_step(servers, volumes, left, action, said):
    found = instance_step.next_step("web", TARGET, servers, {one.id: one for one in volumes}, left)
    assert found.action == action
    assert said in found.what
    assert bool(found.cure) == (action == "conflict")


CINDER = {
    "volumes": {"limit": 10, "in_use": 4, "reserved": 1},
    "gigabytes": {"limit": -1, "in_use": 900, "reserved": 0},
    "gigabytes_fast": {"limit": 100, "in_use": 90, "reserved": 0},
    "per_volume_gigabytes": {"limit": 50, "in_use": 0},
    "id": "p1",
}
NOVA = {
    "maxTotalInstances": 10,
    "totalInstancesUsed": 8,
    "maxTotalCores": -1,
    "totalCoresUsed": 3,
    "maxTotalRAMSize": 4096,
    "totalRAMUsed": 0,
}


@pytest.mark.parametrize(
    ("need", "said"),
    [
        (Need(volumes=5, volume_gib=2, servers=2, cores=1, ram=512), []),
        (Need(), []),
        (Need(volumes=6, volume_gib=1), ["volumes: 6 more are needed, 5 of 10 are free"]),
        (
            Need(volumes=2, volume_gib=6, volume_type="fast"),
            ["GiB of type fast: 12 more are needed, 10 of 100"],
        ),
        (Need(volumes=1, volume_gib=60), ["GiB of one volume: 60 more"]),
        (Need(servers=3), ["instances: 3 more are needed, 2 of 10 are free"]),
        (Need(servers=2, cores=100, ram=4096), ["MiB of RAM: 8192 more"]),
    ],
)
def test_quota(need, said):
    found = shortfalls(need, CINDER, NOVA)
    assert len(found) == len(said)
    assert all(part in one for part, one in zip(said, found))


def test_the_volume_with_the_data_gets_the_server_again():
    """Whatever a run that was killed left beside it, and how long ago."""
    data = volume(id="v2", created_at="2026-01-02", booted=True)
    empty = volume(id="v1", created_at="2026-01-01")
    step = instance_step.next_step("web", TARGET, [], {}, [empty, data])
    assert (step.action, step.volume, step.surplus) == ("boot", data, (empty,))
