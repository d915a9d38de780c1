# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of deploy and its waits: outcomes and numbers of requests, on a cloud of lists."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import (
    NotFound,
    TimedOut,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import deployment

POOL = {"name": "one@nfs#192.0.2.11:/a", "capabilities": {"timestamp": "2026-01-01T00:00:10"}}


class Cloud:
    label = "test"
    user_id, project_id, role_names = "me", "mine", ["admin"]

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def get(self, service, path, **params):
        self.asked.append(path)
        key = path.partition("?")[0].rpartition("/")[2]
        return {key if key != "get_pools" else "pools": self.answers.get(key.replace("-", "_"), [])}

    def pages(self, service, path, key, **params):
        self.asked.append(path)
        found = self.answers.get(key, [])
        return [one for one in found if one.get("status") == params.get("status")]


class OsServices(Cloud):
    def get(self, service, path, **params):
        found = super().get(service, path, **params)
        return {"services": found["os-services"]} if "os-services" in found else found


class Clock:
    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_a_plain_cloud_lacks_everything_and_is_asked_three_times():
    cloud = Cloud(projects=[{"id": "p"}])
    found = deployment.missing(cloud, "locations", "service", [{"type": "enhanced", "specs": {}}])
    assert found["user_exists"] is False
    assert found["missing_roles"] == ["admin", "service"]
    assert found["admin"] == {"user_id": "me", "project_id": "mine", "missing_roles": ["service"]}
    assert found["volume_types"] == [{"type": "enhanced", "specs": {}, "exists": False}]
    assert len(cloud.asked) == 3


def test_a_cloud_that_has_everything_lacks_nothing():
    cloud = Cloud(
        projects=[{"id": "p"}],
        users=[{"id": "u"}],
        role_assignments=[{"role": {"name": name}} for name in ("admin", "service")],
        volume_types=[{"name": "enhanced", "extra_specs": {"volume_backend_name": "nfs"}}],
    )
    cloud.role_names = ["admin", "service"]
    found = deployment.missing(
        cloud, "locations", "service", [{"type": "enhanced", "specs": {"volume_backend_name": "nfs"}}]
    )
    assert (found["user_exists"], found["missing_roles"], found["volume_types"]) == (True, [], [])
    assert found["admin"]["missing_roles"] == []
    assert len(cloud.asked) == 4


def test_a_missing_project_is_named_with_its_variable():
    with pytest.raises(NotFound, match="'nowhere'.*enhanced_instance_locations_project"):
        deployment.missing(Cloud(), "locations", "nowhere", [])


def test_a_volume_at_work_is_waited_for_and_then_named():
    clock, cloud = (
        Clock(),
        Cloud(volumes=[{"id": "v1", "status": "downloading", "os-vol-host-attr:host": "one@nfs#x"}]),
    )
    with pytest.raises(TimedOut, match="1 volumes are at work.*after 3 seconds .v1 is downloading"):
        deployment.wait_until_idle(cloud, ["one"], 3, clock=clock, sleep=clock.sleep)
    assert clock.now == 4.0
    deployment.wait_until_idle(cloud, ["two"], 3, clock=clock, sleep=clock.sleep)


def test_waiting_for_backends():
    clock = Clock()
    cloud = OsServices(get_pools=[POOL], os_services=[{"host": "one@nfs", "state": "up"}])

    def wait(**changes):
        asked = {
            "backends": ["nfs"],
            "pools": ["nfs#192.0.2.11:/a"],
            "hosts": [],
            "since": "",
            "seconds": 0,
            **changes,
        }
        return deployment.wait_until_up(cloud, **asked, clock=clock, sleep=clock.sleep)

    assert wait() == ([], [])
    assert len(cloud.asked) == 2
    assert wait(hosts=["two"]) == ([], ["two@nfs"])
    assert wait(since="2026-01-01T00:00:11", seconds=5) == (["nfs#192.0.2.11:/a"], [])
    assert clock.now == 6.0
    # Up, but what Cinder reports of it is from before.
    assert wait(pools=[], since="2026-01-01T00:00:11") == ([], ["nfs"])
    assert wait(pools=[], since="2026-01-01T00:00:10") == ([], [])
