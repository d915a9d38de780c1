# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAN pools primed through Cinder's image-volume cache: one download a pool, whatever the runs and kills."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import volumes
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import san_facts
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Wanted
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.prune import rules_of
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    cache,
    cache_download,
    cache_prune,
    plan,
    pools,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .fake_prime import PruneArrays
from .fake_san import POOLS, TENANT, SanCloud
from .fakes import GIB, IMAGE_ID, Lines


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(cache_download, "PAUSE", 0)


def act(cloud, arrays=None, function=cache.prime, pools=(), wanted=None, **options):
    """(result, lines) of a whole task."""
    lines, arrays = Lines(), arrays or cloud.arrays
    asked = plan.Question(
        ("debian",),
        None if pools else "enhanced",
        pools=pools,
        internal_project="cinder_internal",
        **({"wanted": wanted} if wanted else {}),
    )
    context = Context(cloud, arrays, Options(**options), lines)
    return function(plan.read(cloud, arrays, asked), context), lines.texts


def columns(result, *names):
    return [tuple(one[name] for name in names) for one in result["entries"]]


def marked(cloud):
    """The throwaway volumes that are there."""
    return [one for one in cloud.volumes.values() if one["name"].startswith("eic-prime-")]


def test_one_download_a_pool():
    cloud = SanCloud(PruneArrays())
    found, lines = act(cloud)
    assert columns(found, "pool", "path", "way", "action", "changed", "failed") == [
        (POOLS[0], "download", "cinder", "download", True, False),
        (POOLS[1], "download", "cinder", "download", True, False),
    ]
    assert cloud.downloaded == list(POOLS)
    assert set(cloud.image_volumes()) == set(POOLS) and len(cloud.volumes) == 2
    assert {one["image_volume"] for one in found["entries"]} == set(cloud.volumes)
    assert [text.partition(":")[0] for text in found["warnings"]] == [
        f"Image debian was downloaded once, into pool {name}" for name in POOLS
    ]
    again, _lines = act(cloud)
    assert not again["changed"] and cloud.downloaded == list(POOLS)
    assert columns(again, "path") == [("cache_clone",), ("cache_clone",)]
    assert again["diff"]["before"] == again["diff"]["after"] == found["diff"]["after"]


def test_requests():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    calls = cloud.calls
    assert (calls["POST /volumes"], calls["POST /types"], calls["GET /volumes/{id}"]) == (2, 2, 4)
    # One by name for the plan, one of throwaways; one of each again for each pool.
    assert calls["GET /volumes/detail"] == 2 + 2 * 2
    before = cloud.requests
    act(cloud)
    # Image, pools, type, encryption, locations, stores, tenant, image-volumes, throwaway volumes.
    assert cloud.requests - before == 9
    assert calls["POST /types"] == 2


def test_each_pool_has_a_private_type_and_it_is_used_again():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    made = cloud.types[1:]
    assert [one["name"] for one in made] == [f"enhanced_instance_pool {name}" for name in POOLS]
    assert all(one["os-volume-type-access:is_public"] is False for one in made)
    assert made[0]["extra_specs"] == {"volume_backend_name": "san", "pool_name": "vol_a"}
    cloud.volumes.clear()
    act(cloud)
    assert len(cloud.types) == 3


def test_a_type_that_leads_to_one_pool_serves_itself():
    cloud = SanCloud(PruneArrays())
    cloud.pools = cloud.pools[:1]
    act(cloud)
    assert len(cloud.types) == 1 and cloud.downloaded == [POOLS[0]]


def test_a_type_that_somebody_changed_is_refused():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    cloud.volumes.clear()
    cloud.types[1]["extra_specs"] = {"volume_backend_name": "san"}
    with pytest.raises(failures.WrongInput) as refusal:
        act(cloud)
    assert "is to lead to its pool alone and leads to h@san#vol_a, h@san#vol_b" in refusal.value.sentence
    assert cloud.volumes == {}


def test_check_mode_tells_what_a_run_does():
    cloud = SanCloud(PruneArrays())
    told, _lines = act(cloud, check_mode=True)
    assert cloud.volumes == {} and len(cloud.types) == 1
    assert "will be downloaded once" in told["warnings"][0]
    done, _lines = act(cloud)
    names = ("pool", "path", "way", "action", "changed")
    assert columns(told, *names) == columns(done, *names)
    assert told["diff"]["after"].count("to be made") == done["diff"]["after"].count("image-volume") == 2


def test_refuse_makes_nothing():
    cloud = SanCloud(PruneArrays())
    found, _lines = act(cloud, download="refuse")
    assert found["summary"]["failed"] == 2 and "download is refuse" in found["msg"]
    assert cloud.volumes == {} and len(cloud.types) == 1


def test_allow_is_silent():
    found, _lines = act(SanCloud(PruneArrays()), download="allow")
    assert found["changed"] and found["warnings"] == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"status": "queued"}, None),
        ({"min_disk": 5}, Wanted(volume_gib=2)),
        ({}, Wanted(encrypted=True)),
    ],
)
def test_what_no_download_would_mend_is_not_downloaded(changes, wanted, monkeypatch):
    cloud = SanCloud(PruneArrays())
    cloud.images[0].update(changes)
    if wanted and wanted.encrypted:
        monkeypatch.setattr(plan.cinder_pools, "is_encrypted", lambda *_arguments: True)
    found, _lines = act(cloud, wanted=wanted)
    assert not found["changed"] and cloud.volumes == {}


def test_one_pool_that_fails_fails_alone():
    cloud = SanCloud(PruneArrays())
    advance = cloud._advance

    def no_initiator_in_b(volume):
        advance(volume)
        if volume["os-vol-host-attr:host"] == POOLS[1] and volume["status"] == "downloading":
            volume["status"] = "error"

    cloud._advance = no_initiator_in_b
    found, _lines = act(cloud)
    assert columns(found, "pool", "changed", "failed") == [(POOLS[0], True, False), (POOLS[1], False, True)]
    assert "ended in error: no valid backend" in found["msg"] and "by an initiator" in found["msg"]
    assert set(cloud.image_volumes()) == {POOLS[0]} and marked(cloud) == []


def test_a_cinder_that_keeps_nothing():
    cloud = SanCloud(PruneArrays(), kept=False)
    found, _lines = act(cloud)
    assert "kept no image-volume of it" in found["msg"] and cloud.volumes == {}
    assert "cinder_internal_tenant_project_id" in found["failure"]["cure"]
    assert cloud.downloaded == list(POOLS)


def test_the_quota_of_the_internal_tenant():
    cloud = SanCloud(PruneArrays())
    cloud.tenant_quota = {"volumes": {"limit": 1, "in_use": 0, "reserved": 0}}
    found, _lines = act(cloud)
    assert f"quota of Cinder's internal tenant {TENANT}" in found["msg"]
    assert "2 more are needed, 1 of 1 are free" in found["msg"]
    assert "enhanced_instance_internal_quota" in found["failure"]["cure"]
    assert cloud.volumes == {} and cloud.downloaded == []


@pytest.mark.parametrize(("held", "failed"), [(510, False), (511, True)])
def test_the_luns_that_a_flexvol_holds(held, failed):
    """A download needs two: the throwaway volume's and the image-volume's."""
    cloud = SanCloud(PruneArrays())
    cloud.pools[0]["capabilities"]["total_volumes"] = held
    found, _lines = act(cloud)
    assert columns(found, "failed") == [(failed,), (False,)]
    if failed:
        assert "hold 1 more LUNs at a limit of 512 each" in found["msg"]
        assert cloud.downloaded == [POOLS[1]]


def test_the_quota_of_who_primes():
    cloud = SanCloud(PruneArrays())
    cloud.fail[f"eic-prime-{IMAGE_ID}"] = failures.Refused("Too many volumes", status=413)
    found, _lines = act(cloud)
    assert "Too many volumes" in found["msg"] and cloud.volumes == {}


def old(cloud, status, name=POOLS[0]):
    """A throwaway volume of another run, in a pool."""
    identity = cloud.add(IMAGE_ID, status)
    volume = cloud.volumes[identity]
    volume.update({"name": f"eic-prime-{IMAGE_ID}", "os-vol-host-attr:host": name, "volume_type": "t1"})
    volume["metadata"][volumes.THROWAWAY_POOL] = name
    return identity


@pytest.mark.parametrize("status", ["creating", "downloading"])
def test_a_volume_of_another_run_is_waited_for(status):
    cloud = SanCloud(PruneArrays())
    cloud.types.append({"id": "t9", "name": "x", "extra_specs": {"pool_name": "vol_a"}})
    cloud.volumes[old(cloud, status)]["volume_type"] = "t9"
    found, _lines = act(cloud)
    assert cloud.calls["POST /volumes"] == 1 and cloud.downloaded == list(POOLS)
    assert found["summary"]["failed"] == 0 and marked(cloud) == []


def test_a_killed_run_whose_image_volume_was_lost():
    cloud = SanCloud(PruneArrays())
    old(cloud, "available")
    old(cloud, "error")
    found, _lines = act(cloud)
    assert cloud.calls["POST /volumes"] == 2 and marked(cloud) == []
    assert found["summary"]["failed"] == 0


def test_leftovers_of_pools_that_need_none():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    left = old(cloud, "available")
    found, _lines = act(cloud)
    assert found["volumes_removed"] == [left] and left not in cloud.volumes
    assert set(cloud.image_volumes()) == set(POOLS)


def test_a_leftover_that_cinder_does_not_let_go_ends_nothing():
    cloud = SanCloud(PruneArrays())
    every = cloud.pools
    cloud.pools = every[:1]
    act(cloud)
    stuck = old(cloud, "available")
    cloud.fail["DELETE", f"/volumes/{stuck}"] = failures.WrongInput("It has snapshots", status=400)
    cloud.pools = every
    found, lines = act(cloud)
    assert not found.get("failed") and set(cloud.image_volumes()) == set(POOLS)
    assert found["volumes_removed"] == [] and stuck in cloud.volumes
    assert f"Throwaway volume {stuck} of an earlier run could not be removed: It has snapshots." in lines


def test_an_image_volume_that_is_out_of_date_is_made_again():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    stale = cloud.image_volumes()[POOLS[0]]["id"]
    cloud.volumes[stale]["created_at"] = "2025-01-01T00:00:00.000000"
    keep = cloud.keep

    def cinder_throws_it_away(volume, **changes):
        cloud.volumes.pop(stale)
        return keep(volume, **changes)

    cloud.keep = cinder_throws_it_away
    found, _lines = act(cloud)
    assert columns(found, "path", "changed") == [("download", True), ("cache_clone", False)]
    assert stale in found["diff"]["before"] and stale not in found["diff"]["after"]


def test_a_volume_of_a_tenant_that_looks_like_the_caches():
    """It counts for nothing, and it is not deleted."""
    cloud = SanCloud(PruneArrays())
    act(cloud, pools=POOLS[:1])
    evil = cloud.image_volumes()[POOLS[0]]["id"]
    cloud.volumes[evil]["os-vol-tenant-attr:tenant_id"] = "t9"
    found, _lines = act(cloud, function=cache.remove)
    assert not found["changed"] and evil in cloud.volumes
    again, _lines = act(cloud)
    assert columns(again, "path", "changed") == [("download", True), ("download", True)]


def test_prune_takes_image_volumes_of_the_cache_for_nothing_of_ours():
    """They bear the metadata of the throwaway volume that they were cloned from."""
    cloud = SanCloud(PruneArrays())
    act(cloud)
    left = old(cloud, "available")
    context = Context(cloud, cloud.arrays, Options(), Lines())
    found = cache_prune.prune(plan.Question((), "enhanced"), rules_of(None, None, None), context, 9e9)
    assert found["volumes_removed"] == [left]
    assert set(cloud.image_volumes()) == set(POOLS)


def test_absent_takes_those_of_the_cache_too():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    found, _lines = act(cloud, function=cache.remove)
    assert found["changed"] and cloud.volumes == {}


def test_pool_info_names_them():
    cloud = SanCloud(PruneArrays())
    act(cloud)
    cloud.volumes["other"] = {**cloud.image_volumes()[POOLS[0]], "id": "other", "metadata": {}}
    told = pools.report(cloud, cloud.arrays, plan.Question((), "enhanced"))
    assert {one["name"]: len(one["image_volumes"]) for one in told} == dict.fromkeys(POOLS, 1)
    assert {one["image_id"] for pool in told for one in pool["image_volumes"]} == {IMAGE_ID}


def test_at_most_four_at_once():
    cloud = SanCloud(PruneArrays())
    seen = []

    def in_parallel(items, function, limit):
        seen.append(limit)
        return PruneArrays.in_parallel(cloud.arrays, items, function, limit)

    cloud.arrays.in_parallel = in_parallel
    act(cloud, concurrency=16)
    assert seen.count(4) == 1 and min(seen) == 4


def test_the_plan_says_it():
    cloud = SanCloud(PruneArrays())
    scene = plan.read(cloud, cloud.arrays, plan.Question(("debian",), "enhanced"))
    said = " ".join(plan.told(scene)["table"])
    assert "which image_cache has Cinder do once" in said
    assert scene.images[0].size == GIB


def only_location(cloud, tell=True):
    """An image whose one location is an image-volume, shown by its record where Glance's API of locations is
    not for this user; ``tell`` says whether the record shows it still when the volume is to go."""
    identity = "22222222-2222-2222-2222-222222222222"
    marks = {"image_owner": "p1"}
    cloud.volumes[identity] = {
        "id": identity,
        "name": "volume-of-glance",
        "status": "available",
        "size": 1,
        "metadata": marks,
        "os-vol-host-attr:host": POOLS[0],
        "created_at": "2026-01-02T00:00:00.000000",
    }
    cloud.images[0]["locations"] = [{"url": f"cinder://san/{identity}", "metadata": {}}]
    cloud.fail["GET", f"/images/{IMAGE_ID}/locations"] = failures.NotAuthorized("no", status=403)
    if not tell:
        cloud.fail["GET", f"/images/{IMAGE_ID}"] = failures.Busy("Glance is busy", status=503)
    return identity


@pytest.mark.parametrize(("tell", "said"), [(True, "would destroy the image"), (False, "Glance is busy")])
@pytest.mark.parametrize("check_mode", [True, False])
def test_the_only_place_of_an_image_is_not_removed(tell, said, check_mode):
    cloud = SanCloud(PruneArrays())
    identity = only_location(cloud, tell)
    found, _lines = act(cloud, function=cache.remove, check_mode=check_mode)
    assert found["failed"] and said in found["msg"]
    assert columns(found, "changed", "failed") == [(False, True), (False, False)]
    assert identity in cloud.volumes


def pruned(cloud, now, check_mode=False):
    context = Context(cloud, cloud.arrays, Options(check_mode=check_mode), Lines())
    return cache_prune.prune(plan.Question((), "enhanced"), rules_of(None, None, None), context, now)


@pytest.mark.parametrize(
    ("status", "refusal", "changed", "failed"),
    [
        ("available", None, True, False),
        # It has snapshots, for example.
        ("available", failures.WrongInput("Cinder refused it", status=400), False, True),
        # Cinder is at work on it already, from an earlier run or another one.
        ("deleting", None, False, False),
    ],
)
def test_prune_claims_only_what_cinder_takes(status, refusal, changed, failed):
    cloud = SanCloud(PruneArrays())
    cloud.volumes["iv"] = {
        "id": "iv",
        "name": "image-gone",
        "status": status,
        "size": 1,
        "metadata": {san_facts.MARK: "99999999-9999-9999-9999-999999999999"},
        "os-vol-host-attr:host": POOLS[0],
        "created_at": "2026-01-02T00:00:00.000000",
    }
    if refusal:
        cloud.fail["DELETE", "/volumes/iv"] = refusal
    found = pruned(cloud, 1_800_000_000.0)
    assert (found["changed"], found.get("failed", False)) == (changed, failed)
    assert ("iv" in cloud.volumes) is not changed
