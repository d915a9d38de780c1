# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of deploy and its waits: outcomes and numbers of requests, on a cloud of lists."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import (
    NotAuthorized,
    NotFound,
    Refused,
    TimedOut,
    Unsupported,
    WrongInput,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import services
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import deployment
from ansible_collections.openstack_ontap.enhanced_instance.plugins.modules import backend_info

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


class Domains(Cloud):
    """Answers as Keystone does: a name may be taken in each domain."""

    def get(self, service, path, **params):
        found = super().get(service, path, **params)
        return {
            key: [one for one in records if one.get("domain_id") == params.get("domain_id", one["domain_id"])]
            if key == "projects"
            else records
            for key, records in found.items()
        }


def test_a_namesake_in_another_domain_is_another_project():
    projects = [{"id": "theirs", "domain_id": "other"}, {"id": "ours", "domain_id": "default"}]
    cloud = Domains(projects=projects)
    assert deployment.missing(cloud, "locations", "service")["project_id"] == "ours"
    found = deployment.missing(cloud, tenant=("cinder_internal", "cinder_internal"))
    assert found["internal_tenant"]["project_id"] == "ours"


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
    assert clock.now == 5.0
    # Up, but what Cinder reports of it is from before.
    assert wait(pools=[], since="2026-01-01T00:00:11") == ([], ["nfs"])
    assert wait(pools=[], since="2026-01-01T00:00:10") == ([], [])


def test_a_host_of_a_cluster_is_waited_for_though_the_pools_are_there():
    clock, beats = Clock(), ["2026-01-01T00:00:12"] * 2 + ["2026-01-01T00:00:22"]

    class Services(OsServices):
        def get(self, service, path, **params):
            if path == "/os-services":
                return {"services": [{"host": "two@nfs", "state": "up", "updated_at": beats.pop(0)}]}
            return super().get(service, path, **params)

    found = deployment.wait_until_up(
        Services(get_pools=[POOL]),
        ["nfs"],
        ["nfs#192.0.2.11:/a"],
        ["two"],
        "2026-01-01T00:00:10",
        60,
        clock=clock,
        sleep=clock.sleep,
    )
    assert found == ([], [])
    assert clock.now == 2.0
    assert beats == []


class Keystone(Cloud):
    """A plain cloud that notes what is sent to it."""

    def __init__(self, **answers):
        super().__init__(**{"projects": [{"id": "p"}], **answers})
        self.sent = []

    def versions(self, service):
        assert service == "image"
        return [(2, 0), (2, 17)] if self.new_glance else [(2, 0), (2, 16)]

    new_glance = True

    def post(self, service, path, body):
        self.sent.append((path, body))

    def post_secret(self, service, path, body):
        self.post(service, path, body)
        return {"user": {"id": "new"}}

    def put(self, service, path, body=None):
        self.sent.append((path, body))


ROLES = [{"name": "Admin", "id": "1"}, {"name": "service", "id": "2"}]
SPECS = {"type": "enhanced", "specs": {"volume_backend_name": "nfs"}}


def prepare(cloud, password="secret", check=False):
    return deployment.prepare(cloud, "locations", "service", password, [SPECS], check=check)


def test_a_plain_cloud_is_prepared_with_a_request_for_each_thing():
    cloud = Keystone(roles=ROLES)
    found = prepare(cloud)
    assert [path for path, _body in cloud.sent] == [
        "/users",
        "/projects/p/users/new/roles/1",
        "/projects/p/users/new/roles/2",
        "/projects/mine/users/me/roles/2",
        "/types",
    ]
    assert cloud.sent[0][1]["user"] == {
        "name": "locations",
        "password": "secret",
        "domain_id": "default",
        "default_project_id": "p",
        "description": "Reads image locations for Cinder",
    }
    assert cloud.sent[-1][1] == {
        "volume_type": {
            "name": "enhanced",
            "description": "Made by openstack_ontap.enhanced_instance",
            "os-volume-type-access:is_public": True,
            "extra_specs": {"volume_backend_name": "nfs"},
        }
    }
    assert len(cloud.asked) == 4
    assert found["made"] == [
        "user locations with the default project service",
        "locations gets on service: admin, service",
        "the administrator gets on its project: service",
        "volume type enhanced with volume_backend_name=nfs",
    ]
    assert "secret" not in str(found)


def test_check_mode_tells_the_same_and_sends_nothing():
    cloud = Keystone(roles=ROLES)
    assert prepare(cloud, check=True)["made"] == prepare(Keystone(roles=ROLES))["made"]
    assert (cloud.sent, len(cloud.asked)) == ([], 3)


def test_a_half_prepared_cloud_gets_the_rest_and_keeps_its_password():
    cloud = Keystone(
        roles=ROLES,
        users=[{"id": "u"}],
        role_assignments=[{"role": {"name": "admin"}}],
        volume_types=[{"id": "t", "name": "enhanced", "extra_specs": {"other": "1"}}],
    )
    cloud.role_names = ["admin", "service"]
    found = prepare(cloud, password=None)
    assert cloud.sent == [
        ("/projects/p/users/u/roles/2", None),
        ("/types/t/extra_specs", {"extra_specs": {"volume_backend_name": "nfs"}}),
    ]
    assert len(found["made"]) == 2


def test_a_prepared_cloud_is_left_alone():
    cloud = Keystone(
        users=[{"id": "u"}],
        role_assignments=[{"role": {"name": name}} for name in ("admin", "service")],
        volume_types=[{"id": "t", "name": "enhanced", "extra_specs": SPECS["specs"]}],
    )
    cloud.role_names = ["admin", "service"]
    assert (prepare(cloud, password=None)["made"], cloud.sent, len(cloud.asked)) == ([], [], 4)


def test_without_a_locations_user_only_the_volume_type_is_made():
    cloud = Keystone()
    found = deployment.prepare(cloud, "", "service", None, [SPECS])
    assert found["made"] == ["volume type enhanced with volume_backend_name=nfs"]
    assert [path for path, _body in cloud.sent] == ["/types"]


@pytest.mark.parametrize(
    ("password", "roles", "kind", "said"),
    [
        ("", ROLES, WrongInput, "no password"),
        ("secret", ROLES[:1], NotFound, "no role 'service'"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_sent(password, roles, kind, said):
    cloud = Keystone(roles=roles)
    with pytest.raises(kind, match=said):
        prepare(cloud, password)
    assert cloud.sent == []


@pytest.mark.parametrize(
    ("users", "required", "refused"), [([], True, True), ([], False, False), ([{"id": "u"}], True, False)]
)
def test_a_glance_without_the_locations_api_wants_a_decision(users, required, refused):
    cloud = Keystone(roles=ROLES, users=users)
    cloud.new_glance = False
    arguments = (cloud, "locations", "service", "secret", [SPECS])
    if refused:
        with pytest.raises(Unsupported) as raised:
            deployment.prepare(*arguments, require_locations_api=required)
        assert "Glance speaks API 2.16, and a service's user can read where images lie from 2.17 on" in (
            raised.value.sentence
        )
        assert "enhanced_instance_old_location_flags" in raised.value.sentence
        assert "OSSN-0065, OSSN-0090" in raised.value.sentence
        assert cloud.sent == []
    else:
        deployment.prepare(*arguments, require_locations_api=required)
        assert cloud.sent


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", ""),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00"),
        ("2026-01-31 12:00:00", "2026-01-31T12:00:00"),
        ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00"),
        ("soon", None),
    ],
)
def test_a_time_is_compared_in_the_form_of_cinders_own(given, found):
    if found is None:
        with pytest.raises(WrongInput, match="since 'soon' is not a time"):
            backend_info.as_cinder_writes(given)
    else:
        assert backend_info.as_cinder_writes(given) == found


def test_services_that_restart_may_fail_a_look():
    clock, answers = Clock(), [Refused("Cinder refused GET with 500: MessagingTimeout", status=500)]

    class Restarting(OsServices):
        def get(self, service, path, **params):
            if answers and path.endswith("get_pools"):
                raise answers.pop(0)
            return super().get(service, path, **params)

    cloud = Restarting(get_pools=[POOL], os_services=[{"host": "one@nfs", "state": "up"}])

    def wait(seconds):
        pools = ["nfs#192.0.2.11:/a"]
        return deployment.wait_until_up(
            cloud, ["nfs"], pools, [], "", seconds, clock=clock, sleep=clock.sleep
        )

    assert wait(5) == ([], []) and clock.now == 1.0
    answers.append(Refused("Cinder refused GET with 500: MessagingTimeout", status=500))
    with pytest.raises(Refused):
        wait(0)
    # What is refused for good is told at once.
    answers.append(NotAuthorized("no", status=403))
    with pytest.raises(NotAuthorized):
        wait(5)


@pytest.mark.parametrize(
    ("domains", "found"), [(["other"], "p0"), (["other", "default"], "p1"), (["one", "two"], None)]
)
def test_a_project_whose_name_other_domains_have_too(domains, found):
    """Roles are given on it, and a quota is looked at."""
    cloud = Cloud(projects=[{"id": f"p{index}", "domain_id": one} for index, one in enumerate(domains)])
    if found is None:
        with pytest.raises(WrongInput, match="2 projects are called 'service': p0, p1"):
            services.project(cloud, "service")
    else:
        assert services.project(cloud, "service")["id"] == found
