# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many instances: what is made, adopted, left alone, refused; and how many requests it takes."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import volumes

from .booting import PRIMED, absent, left_behind, names, nics, present
from .fakes import GIB, IMAGE_ID, FakeArrays, FakeCloud

# Requests of the plan to one connection with two FlexVols, in fakes.FakeArrays.
FIXED_ONTAP = 10


def test_make_and_run_again():
    cloud = FakeCloud()
    made = present(cloud, names(12))
    assert made["changed"] and not made.get("failed")
    assert made["summary"]["cache_clone"] == made["summary"]["changed"] == 12
    assert len(cloud.servers) == len(cloud.volumes) == 12
    first = made["instances"][0]
    assert first["pool"].startswith("h@ontap#") and first["evidence"]["verdict"] == "clone"
    assert len(made["table"]) == 13
    assert cloud.calls["POST /volumes"] == cloud.calls["POST /servers"] == 12
    again = present(cloud, names(12))
    assert not again["changed"]
    assert again["summary"]["unchanged"] == 12
    # What the first run found out is still told.
    assert [one["path"] for one in again["instances"]] == ["cache_clone"] * 12
    assert again["instances"][0]["pool"] == first["pool"]


@pytest.mark.parametrize("number", [1, 20, 300])
def test_requests_of_an_unchanged_run_do_not_grow(number):
    cloud, arrays = FakeCloud(), FakeArrays(PRIMED)
    present(cloud, names(number))
    cloud.calls.clear()
    assert not present(cloud, names(number), arrays)["changed"]
    # image, flavor, type, servers, volumes
    assert (cloud.requests, arrays.requests) == (5, 0)


def test_check_mode_makes_nothing():
    cloud = FakeCloud()
    told = present(cloud, names(3), check_mode=True)
    assert told["changed"] and [one["changed"] for one in told["instances"]] == [True] * 3
    assert told["diff"] == {"before": "", "after": "web-0\nweb-1\nweb-2\n"}
    assert not any(call.startswith(("POST", "DELETE")) for call in cloud.calls)


def test_only_what_is_missing():
    cloud = FakeCloud()
    present(cloud, names(2))
    made = present(cloud, names(4))
    assert [one["changed"] for one in made["instances"]] == [False, False, True, True]
    assert made["diff"]["before"] == "web-0\nweb-1\n"
    assert len(cloud.servers) == 4


@pytest.mark.parametrize(
    ("status", "action", "kept"),
    [("available", "boot", True), ("creating", "await_volume", True), ("error", "replace", False)],
)
def test_volume_of_a_killed_run(status, action, kept):
    cloud = FakeCloud()
    left_behind(cloud, "web-0", status)
    made = present(cloud, names(1))
    assert made["instances"][0]["action"] == action
    assert not made["instances"][0]["failed"]
    assert ("v0" in cloud.volumes) is kept
    assert cloud.calls["POST /volumes"] == (0 if kept else 1)
    assert len(cloud.volumes) == 1


def test_failures_of_some():
    cloud = FakeCloud()
    cloud.broken.add("web-1")
    cloud.fail["web-2"] = failures.WrongInput("Cinder refused it", status=400)
    made = present(cloud, names(4))
    assert made["failed"] and made["msg"].startswith("2 of 4 instances failed; the first is web-1: Volume ")
    assert [one["failed"] for one in made["instances"]] == [False, True, True, False]
    assert "no valid backend" in made["instances"][1]["msg"]
    cloud.broken.clear()
    cloud.fail.clear()
    again = present(cloud, names(4))
    assert [one["action"] for one in again["instances"]] == ["keep", "replace", "create", "keep"]
    assert not again.get("failed") and len(cloud.volumes) == 4


def test_duplicates_are_listed():
    cloud = FakeCloud()
    present(cloud, names(1))
    only = next(iter(cloud.servers.values()))
    cloud.servers["s99"] = dict(only, id="s99")
    made = present(cloud, names(2))
    assert "2 servers are called web-0: " in made["msg"] and "s99" in made["msg"]
    assert made["instances"][1]["changed"]


def test_mismatch_is_not_mended_silently():
    cloud = FakeCloud()
    present(cloud, names(1))
    cloud.flavors.append({"id": "f2", "name": "big", "vcpus": 2, "ram": 512})
    made = present(cloud, names(1), flavor="big")
    assert made["failed"] and "exists with flavor tiny and not big" in made["msg"]
    assert made["instances"][0]["action"] == "conflict"
    for policy, warned in (("report", 1), ("keep", 0)):
        for check_mode in (True, False):
            kept = present(cloud, names(1), flavor="big", on_mismatch=policy, check_mode=check_mode)
            assert not kept.get("failed") and not kept["changed"]
            assert kept["diff"]["before"] == kept["diff"]["after"] == "web-0\n"
            assert len(kept["warnings"]) == warned
            assert kept["instances"][0]["mismatches"] == [
                {"what": "flavor", "found": "tiny", "wanted": "big"}
            ]
    assert len(cloud.servers) == 1


@pytest.mark.parametrize(
    ("quota", "limits", "said"),
    [
        ({"volumes": {"limit": 2, "in_use": 0, "reserved": 0}}, {}, "volumes: 3 more are needed, 2 of 2"),
        ({}, {"maxTotalInstances": 5, "totalInstancesUsed": 4}, "instances: 3 more are needed, 1 of 5"),
    ],
)
def test_quota_before_the_first_create(quota, limits, said):
    cloud = FakeCloud()
    cloud.quota, cloud.limits = quota, limits
    with pytest.raises(failures.WrongInput, match=said):
        present(cloud, names(3))
    assert not cloud.volumes


@pytest.mark.parametrize(("download", "made", "warned"), [("allow", 2, 0), ("warn", 2, 1), ("refuse", 0, 0)])
def test_download_policy(download, made, warned):
    cloud, arrays = FakeCloud(), FakeArrays({"uuid-a": PRIMED["uuid-a"]})
    if download == "refuse":
        with pytest.raises(failures.Refused, match="Nothing was created: 1 of 2 pools") as caught:
            present(cloud, names(2), arrays, download=download)
        assert "image_cache" in caught.value.cure
        # The playbook primes, and tells the plan, by what comes with the refusal.
        assert caught.value.results["plan"]["primed"] is False and caught.value.results["plan"]["table"]
    else:
        assert len(present(cloud, names(2), arrays, download=download)["warnings"]) == warned
    assert len(cloud.volumes) == made


class NoArrays:
    """An empty argument ontap."""

    def __bool__(self):
        return False


class Member(FakeCloud):
    """A user to whom Cinder shows neither pools nor hosts."""

    def get(self, service, path, **params):
        if path == "/scheduler-stats/get_pools":
            self.calls["GET " + path] += 1
            raise failures.NotAuthorized("no", status=403)
        answer = super().get(service, path, **params)
        for one in answer.get("volumes", []):
            one.pop("os-vol-host-attr:host", None)
        return answer


def test_refuse_needs_eyes():
    for cloud, arrays in ((FakeCloud(), NoArrays()), (Member(), None)):
        with pytest.raises(failures.EnhancedInstanceError, match="pools"):
            present(cloud, names(1), arrays, download="refuse", admin=False)
        assert not cloud.volumes


def test_member_finds_the_flexvol_by_the_volumes_file():
    made = present(Member(), names(2), admin=False)
    assert [one["pool"] for one in made["instances"]] == ["svm1:vol_a", "svm1:vol_a"]
    assert [one["path"] for one in made["instances"]] == ["cache_clone"] * 2
    assert len(made["warnings"]) == 1


def test_tenant_without_an_account_on_the_array():
    made = present(Member(), names(2), NoArrays(), admin=False)
    assert made["summary"]["changed"] == 2
    assert {one["evidence"]["verdict"] for one in made["instances"]} == {"inconclusive"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"image": "none"}, "There is no image"),
        ({"flavor": "none"}, "There is no flavor"),
        ({"volume_type": "none"}, "There is no volume type"),
        ({"nics": nics("nowhere")}, "There is no network"),
    ],
)
def test_names_that_do_not_exist(changes, said):
    cloud = FakeCloud()
    with pytest.raises(failures.NotFound, match=said):
        present(cloud, names(1), **changes)
    assert not cloud.volumes


def test_volume_too_small():
    cloud = FakeCloud()
    cloud.images[0]["min_disk"] = 4
    with pytest.raises(failures.WrongInput, match="volume_size is 3 GiB and image debian needs 4 GiB"):
        present(cloud, names(1), volume_size=3)


def test_time_limit_carries_the_last_state():
    cloud = FakeCloud()
    cloud.broken.add("web-0")
    left_behind(cloud, "web-0", "downloading")
    made = present(cloud, names(1), timeout=5)
    assert "did not become ready within 5 s, its last status is downloading" in made["msg"]


def test_room_in_the_pools_before_the_first_create():
    cloud = FakeCloud()
    for one in cloud.pools:
        one["capabilities"].update(total_capacity_gb=10, free_capacity_gb=2)
    with pytest.raises(failures.WrongInput, match="5 volumes of 1 GiB are needed and 4 fit"):
        present(cloud, names(5))
    assert not cloud.volumes
    assert present(cloud, names(4))["changed"]


def test_plan_and_evidence_differ():
    """The entry was there, and the volume came by download all the same (wrong owner, for example)."""
    cloud, arrays = FakeCloud(), FakeArrays(PRIMED)
    cloud.signed = True
    arrays.usage = lambda flexvol, path: (GIB, GIB)
    made = present(cloud, names(3), arrays)
    assert made["instances"][0]["evidence"]["foreseen"] == "cache_clone"
    assert [text for text in made["warnings"] if "differ" in text] == [
        "Plan and evidence differ: cache_clone was foreseen and download was found for web-0, web-1."
    ]


@pytest.mark.parametrize(
    ("number", "polls"),
    [(1, 5), (20, 5), (100, 25)],
)
def test_requests_of_a_run_that_makes_all(number, polls):
    """Three writes an instance (volume, marks, server), one look at ONTAP; all else does not grow but for
    polls.
    """
    cloud, arrays = FakeCloud(), FakeArrays(PRIMED)
    present(cloud, names(number), arrays)
    lists = {call: times for call, times in cloud.calls.items() if call.startswith("GET")}
    assert cloud.calls["POST /volumes"] == cloud.calls["POST /servers"] == number
    assert sum(times for call, times in cloud.calls.items() if call.endswith("/metadata")) == number
    watched = {call: lists.pop(call) for call in ("GET /volumes/detail", "GET /servers/detail")}
    assert lists == {
        "GET /flavors/detail": 1,
        "GET /images": 2,
        f"GET /images/{IMAGE_ID}/locations": 1,
        "GET /limits": 1,
        "GET /networks": 1,
        "GET /os-quota-sets/p1": 1,
        "GET /scheduler-stats/get_pools": 1,
        "GET /types": 2,
        "GET /types/t1/encryption": 1,
    }
    assert max(watched.values()) <= polls
    assert arrays.requests - number == FIXED_ONTAP


@pytest.mark.parametrize("status", ["error", "error_extending", "error_restoring"])
def test_a_volume_that_had_a_server_is_never_replaced(status):
    """Its server was deleted, and something went wrong with the volume since: the data is the user's."""
    cloud = FakeCloud()
    left_behind(cloud, "web-0", status)
    cloud.volumes["v0"]["metadata"][volumes.MARK_VERDICT] = "clone"
    made = present(cloud, names(2))
    assert f"Volume v0, which web-0 had before, is in {status}" in made["msg"]
    assert [one["failed"] for one in made["instances"]] == [True, False]
    assert cloud.volumes["v0"]["status"] == status and len(cloud.servers) == 1


@pytest.mark.parametrize(
    ("booted", "status", "said"),
    [
        (False, "error", "the next run replaces the volume"),
        (True, "error_deleting", "the next run replaces the volume"),
        (
            True,
            "error_extending",
            "the volume holds what its guest wrote: mend it (openstack volume set --state available v0), or "
            "give up its data by state absent",
        ),
    ],
)
def test_what_becomes_of_a_volume_that_fails_meanwhile(booted, status, said):
    cloud = FakeCloud()
    left_behind(cloud, "web-0", "available")
    if booted:
        cloud.volumes["v0"]["metadata"][volumes.MARK_VERDICT] = "clone"
    pages = cloud.pages

    def fails_meanwhile(service, path, key, **params):
        found = pages(service, path, key, **params)
        cloud.volumes["v0"]["status"] = status
        return found

    cloud.pages = fails_meanwhile
    made = present(cloud, names(1))
    assert f"Volume v0 of web-0 is in {status}: no valid backend" in made["msg"] and said in made["msg"]
    cloud.pages = pages
    again = present(cloud, names(1))
    assert again.get("failed", False) is ("mend it" in said)


def test_no_server_before_its_volume_is_marked_as_used():
    """Later runs tell by that mark that a guest has written to the volume."""
    cloud = FakeCloud()
    cloud.fail["POST", "/volumes/v1/metadata"] = failures.Busy("Cinder is busy", status=503)
    made = present(cloud, names(1))
    assert "Cinder is busy" in made["msg"] and not cloud.servers
    cloud.fail.clear()
    again = present(cloud, names(1))
    assert [one["action"] for one in again["instances"]] == ["boot"] and not again.get("failed")
    assert list(cloud.volumes) == ["v1"]


def test_a_volume_restored_from_a_backup_is_not_the_instances():
    """Cinder restores the metadata of the volume that was backed up."""
    cloud = FakeCloud()
    present(cloud, names(1))
    only = next(iter(cloud.volumes.values()))
    cloud.volumes["restored"] = dict(only, id="restored", status="available", attachments=[])
    assert not present(cloud, names(1))["changed"]
    assert absent(cloud, names(1))["changed"]
    assert list(cloud.volumes) == ["restored"] and not cloud.servers
    made = present(cloud, names(1))
    assert [one["action"] for one in made["instances"]] == ["create"]


def test_a_server_on_its_way_out_is_no_instance():
    cloud = FakeCloud()
    present(cloud, names(1))
    next(iter(cloud.servers.values()))["OS-EXT-STS:task_state"] = "deleting"
    made = present(cloud, names(1))
    assert made["failed"] and "is being deleted; run again when it is gone" in made["msg"]


def test_a_server_that_nova_deletes_later_is_no_rival():
    """With reclaim_instance_interval it is in the list of what changed, and in no other."""
    cloud = FakeCloud()
    pages = cloud.pages

    def with_soft_deleted(service, path, key, **params):
        gone = [{"id": "old", "name": "web-0", "status": "SOFT_DELETED", "created": "2026-11-25T06:59:00Z"}]
        return pages(service, path, key, **params) + (gone if "changes-since" in params else [])

    cloud.pages = with_soft_deleted
    assert not present(cloud, names(1)).get("failed")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"key_name": "mine"}, "There is no key pair 'mine'"),
        (
            {"availability_zone": "nowhere"},
            "There is no availability zone 'nowhere' .*give one of nova",
        ),
        (
            {"availability_zone": "nowhere::node"},
            "There is no availability zone 'nowhere::node' .*give one of nova",
        ),
        ({"security_groups": ["web", "wep"]}, "There is no security group 'wep'"),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_no_volume_is_made_for_a_server_that_nova_would_refuse(options, said, check_mode):
    cloud = FakeCloud()
    with pytest.raises(failures.NotFound, match=said):
        present(cloud, names(3), server_options=options, check_mode=check_mode)
    assert not cloud.volumes


@pytest.mark.parametrize("zone", [":host1", "::node1", "old:host1", "old:host1:node1", "nova::node1"])
def test_a_forced_host_is_left_to_nova(zone):
    """It looks at the zone only where no host is forced, and the server has the zone of its host."""
    cloud = FakeCloud()
    options = {"availability_zone": zone}
    assert not present(cloud, names(1), server_options=options).get("failed")
    next(iter(cloud.servers.values()))["OS-EXT-AZ:availability_zone"] = "nova"
    again = present(cloud, names(1), server_options=options)
    assert not again.get("failed") and not again["changed"]


def test_what_servers_get_is_looked_up_once_and_only_where_some_are_made():
    cloud = FakeCloud()
    options = {"key_name": "my/key", "availability_zone": "nova", "security_groups": ["web", "g2"]}
    looked = ("GET /os-keypairs/my%2Fkey", "GET /os-availability-zone", "GET /security-groups")
    assert present(cloud, names(5), server_options=options)["changed"]
    assert [cloud.calls[one] for one in looked] == [1, 1, 1]
    assert not present(cloud, names(5), server_options=options, on_mismatch="keep")["changed"]
    assert [cloud.calls[one] for one in looked] == [1, 1, 1]


def test_an_image_that_is_not_active_is_needed_for_new_instances_alone():
    """An operator withdraws it; who has instances of it runs his playbook again."""
    cloud = FakeCloud()
    present(cloud, names(2))
    cloud.images[0]["status"] = "deactivated"
    assert not present(cloud, names(2)).get("failed")
    left_behind(cloud, "web-2", "available")
    assert present(cloud, names(3))["instances"][2]["action"] == "boot"
    for check_mode in (True, False):
        with pytest.raises(failures.WrongInput, match="Image debian is deactivated; only an active image"):
            present(cloud, names(4), check_mode=check_mode)


def test_a_time_limit_tells_why_the_polls_failed():
    """A token that cannot be renewed, for example."""
    cloud = FakeCloud()
    get = cloud.get

    def refuse(service, path, **params):
        if path == "/volumes/detail" and cloud.calls["POST /volumes"]:
            raise failures.NotAuthenticated("Keystone refused the login", status=401)
        return get(service, path, **params)

    cloud.get = refuse
    made = present(cloud, names(1), timeout=5)
    assert "within 5 s" in made["msg"] and "the last poll failed: Keystone refused the login" in made["msg"]


@pytest.mark.parametrize(
    ("limit", "said"), [(2, "Cinder: volumes of type enhanced: 3 more are needed, 2 of 2 are free"), (-1, "")]
)
def test_the_quota_of_the_default_type(limit, said):
    """Who names no volume type gets Cinder's default one, with its quota."""
    cloud = FakeCloud()
    cloud.quota["volumes_enhanced"] = {"limit": limit, "in_use": 0, "reserved": 0}
    if said:
        with pytest.raises(failures.WrongInput, match=said):
            present(cloud, names(3), NoArrays(), volume_type=None)
        assert not cloud.volumes and cloud.calls["GET /types/default"] == 1
    else:
        assert present(cloud, names(3), NoArrays(), volume_type=None)["changed"]
        assert cloud.calls["GET /types/default"] == 0
