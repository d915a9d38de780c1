# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache entries: made, published, kept, removed; counts and order, check mode, failures."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    Entry,
    Wanted,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import cache, plan
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .fakes import GIB, IMAGE_ID, FakeArrays, FakeCloud, Lines, image

ENTRY, STAGE = f"img-cache-{IMAGE_ID}", f"eic-stage-{IMAGE_ID}"
SECURE = Wanted(owner_uid=7, owner_gid=7, mode="0660")
RIGHT = Entry(ENTRY, GIB, 7, 7, "0660")


def prime(cloud, arrays, wanted=Wanted(), act=cache.prime, images=("debian",), **options):  # noqa: B008
    asked = plan.Question(
        images=images, volume_type="enhanced", wanted=wanted, gone_images=act is cache.remove
    )
    scene = plan.read(cloud, arrays, asked)
    return act(scene, Context(cloud, arrays, Options(**options), Lines()))


def actions(result):
    return [one["action"] for one in result["entries"]]


def test_without_owner():
    arrays = FakeArrays()
    first = prime(FakeCloud(), arrays)
    assert (first["changed"], actions(first)) == (True, ["make", "make"])
    assert [one["path"] for one in first["entries"]] == ["image_clone", "copy_offload"]
    assert arrays.done == [("clone", "vol_a", ENTRY), ("copy", "vol_b", ENTRY)]
    assert first["staged"] == []
    assert first["summary"]["changed"] == 2
    arrays.done.clear()
    again = prime(FakeCloud(), arrays)
    assert (again["changed"], actions(again), arrays.done) == (False, ["keep", "keep"], [])
    assert again["summary"]["cache_clone"] == 2


def test_with_owner():
    arrays = FakeArrays()
    first = prime(FakeCloud(), arrays, SECURE)
    assert first["changed"]
    assert [(one["flexvol"], one["file"], one["uid"], one["mode"]) for one in first["staged"]] == [
        ("vol_a", STAGE, 7, "0660"),
        ("vol_b", STAGE, 7, "0660"),
    ]
    assert all(ENTRY not in here for here in arrays.files.values())
    # Nobody set the owner: nothing changes, the list stays.
    waiting = prime(FakeCloud(), arrays, SECURE)
    assert (waiting["changed"], actions(waiting), len(waiting["staged"])) == (False, ["await_owner"] * 2, 2)
    arrays.own(7)
    last = prime(FakeCloud(), arrays, SECURE)
    assert (last["changed"], actions(last), last["staged"]) == (True, ["publish", "publish"], [])
    assert all(here[ENTRY] == RIGHT and STAGE not in here for here in arrays.files.values())
    assert not prime(FakeCloud(), arrays, SECURE)["changed"]


def test_own_flexvol_comes_first():
    arrays = FakeArrays()
    cloud = FakeCloud()
    cloud.pools.reverse()
    prime(cloud, arrays)
    assert [one[0] for one in arrays.done] == ["clone", "copy"]


@pytest.mark.parametrize("wanted", [Wanted(), SECURE])
def test_check_mode_tells_what_a_run_does(wanted):
    arrays = FakeArrays()
    told = prime(FakeCloud(), arrays, wanted, check_mode=True)
    assert (told["changed"], arrays.done, told["staged"]) == (True, [], [])
    done = prime(FakeCloud(), arrays, wanted)
    assert [one["changed"] for one in told["entries"]] == [one["changed"] for one in done["entries"]]
    assert told["diff"] == done["diff"]
    assert done["diff"]["before"] == ""


def test_wrong_entry_is_replaced():
    arrays = FakeArrays({"uuid-a": {ENTRY: Entry(ENTRY, 5, 7, 7, "0660")}, "uuid-b": {ENTRY: RIGHT}})
    found = prime(FakeCloud(), arrays, SECURE)
    assert actions(found) == ["stage", "keep"]
    arrays.own(7)
    assert actions(prime(FakeCloud(), arrays, SECURE)) == ["publish", "keep"]
    assert arrays.files["uuid-a"][ENTRY] == RIGHT


def test_killed_between_publication_and_tidying():
    stage = Entry(STAGE, GIB, 7, 7, "0660")
    arrays = FakeArrays({"uuid-a": {ENTRY: RIGHT, STAGE: stage}, "uuid-b": {ENTRY: RIGHT}})
    found = prime(FakeCloud(), arrays, SECURE)
    assert (found["changed"], actions(found)) == (True, ["tidy", "keep"])
    assert STAGE not in arrays.files["uuid-a"]


def test_half_a_staged_file_is_made_again():
    arrays = FakeArrays({"uuid-b": {STAGE: Entry(STAGE, 3, 0, 0, "0600")}})
    prime(FakeCloud(), arrays, SECURE)
    assert ("delete", "vol_b", STAGE) in arrays.done
    assert arrays.files["uuid-b"][STAGE].size == GIB


def test_another_run_publishes_first():
    arrays = FakeArrays()
    prime(FakeCloud(), arrays, SECURE)
    arrays.own(7)
    cloud = FakeCloud()
    scene = plan.read(cloud, arrays, plan.Question(("debian",), "enhanced", wanted=SECURE))
    arrays.files["uuid-a"][ENTRY] = RIGHT
    found = cache.prime(scene, Context(cloud, arrays, Options(), Lines()))
    assert found["summary"]["failed"] == 0
    assert STAGE not in arrays.files["uuid-a"]


def test_one_failure_does_not_stop_the_others():
    arrays = FakeArrays()
    arrays.fail["clone", "vol_a"] = failures.Refused("No", "svm1", "do this", 500, "7")
    found = prime(FakeCloud(), arrays)
    assert found["failed"] and found["failure"]["code"] == "7"
    assert [one["failed"] for one in found["entries"]] == [True, False]
    assert "1 of 2 cache entries failed" in found["msg"]
    assert ENTRY in arrays.files["uuid-b"]


@pytest.mark.parametrize(
    ("download", "failed", "warned"), [("allow", 0, 0), ("warn", 0, 1), ("refuse", 1, 0)]
)
def test_download_policy(download, failed, warned):
    found = prime(FakeCloud(), FakeArrays(vstorage=False), download=download)
    assert [one["path"] for one in found["entries"]] == ["image_clone", "download"]
    assert found["summary"]["failed"] == failed
    assert len(found["warnings"]) == warned
    if failed:
        assert "vStorage is off" in found["msg"] and "-vstorage enabled" in found["failure"]["cure"]
    assert ENTRY in str(found["diff"]["after"])


def test_qcow2_says_so():
    cloud = FakeCloud()
    cloud.images = [image(disk_format="qcow2")]
    found = prime(cloud, FakeArrays(), download="refuse")
    assert [one["path"] for one in found["entries"]] == ["download", "download"]
    assert "qemu-img convert" in found["failure"]["cure"]


def test_two_pools_over_one_flexvol():
    cloud = FakeCloud()
    more = dict(cloud.pools[0], name="h@ontap#1.1.1.2:/vol_a")
    cloud.pools.append(more)
    arrays = FakeArrays()
    found = prime(cloud, arrays)
    assert len(found["entries"]) == 2
    assert arrays.done.count(("clone", "vol_a", ENTRY)) == 1


def test_absent():
    stale = {ENTRY: RIGHT, STAGE: RIGHT, "eic-copy-x": RIGHT, "volume-1": RIGHT}
    arrays = FakeArrays({"uuid-a": dict(stale)})
    told = prime(FakeCloud(), arrays, act=cache.remove, check_mode=True)
    assert (told["changed"], arrays.done) == (True, [])
    found = prime(FakeCloud(), arrays, act=cache.remove)
    assert [one["changed"] for one in found["entries"]] == [True, False]
    assert sorted(arrays.files["uuid-a"]) == [f"glance/{IMAGE_ID}", "volume-1"]
    assert not prime(FakeCloud(), arrays, act=cache.remove)["changed"]


def test_absent_for_an_image_that_is_gone():
    cloud = FakeCloud()
    cloud.images = []
    arrays = FakeArrays({"uuid-b": {ENTRY: RIGHT}})
    found = prime(cloud, arrays, act=cache.remove, images=(IMAGE_ID,))
    assert found["changed"] and ENTRY not in arrays.files["uuid-b"]
    with pytest.raises(failures.NotFound, match="There is no image"):
        prime(cloud, arrays, act=cache.remove, images=("no such name",))


def test_requests_of_a_plan():
    cloud, arrays = FakeCloud(), FakeArrays()
    plan.read(cloud, arrays, plan.Question(("debian",), "enhanced"))
    assert cloud.requests == 5  # image, locations, pools, types, encryption
    # survey, a listing a FlexVol, a look at the image's file, its first bytes, the qtrees
    assert arrays.requests == 5 + 2 + 3


def test_pool_query_and_lists():
    def pools(**asked):
        return [
            one.name
            for one in plan.read(FakeCloud(), FakeArrays(), plan.Question(("debian",), **asked)).pools
        ]

    assert pools(pools=("1.1.1.2:/vol_b",)) == ["h@ontap#1.1.1.2:/vol_b"]
    assert len(pools(backend="ontap")) == 2
    assert pools(volume_type="enhanced", pool_query="[?flexvol == 'vol_a']") == ["h@ontap#1.1.1.1:/vol_a"]
    assert len(pools()) == 2  # the default type
    for asked, said in (
        ({"backend": "none"}, "No pool belongs to backend"),
        ({"pools": ("x",)}, "There is no pool 'x'"),
        ({"volume_type": "none"}, "There is no volume type"),
        ({"pool_query": "[?"}, "not a JMESPath expression"),
        ({"pool_query": "length(@)"}, "must give a list"),
        ({"pool_query": "[].[name, free_gib]"}, "which is neither a pool nor the name of one"),
        ({"pool_query": "[].share"}, "gives '1.1.1.1:/vol_a', which is neither a pool nor the name of one"),
        ({"pool_query": "[].{share: share}"}, "gives None, which is neither a pool"),
        ({"pool_query": "[?free_gib > `1000`]"}, "chooses none of 2 pools"),
    ):
        with pytest.raises(failures.EnhancedInstanceError, match=said):
            pools(**asked)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ({"url": "rbd://x", "metadata": {}}, "is rbd, not a file"),
        ({"url": "file:///mnt/x", "metadata": {}}, "says nothing of an NFS share"),
        (
            {
                "url": "file:///x",
                "metadata": {"type": "nfs", "share_location": "nfs://1.1.1.1/vol_a", "mountpoint": "/mnt"},
            },
            "not below its mountpoint",
        ),
        (
            {
                "url": "file:///mnt/x",
                "metadata": {"type": "nfs", "share_location": "1.1.1.1:/vol_a", "mountpoint": "/mnt"},
            },
            "not of the form",
        ),
        (
            {
                "url": "file:///mnt/x",
                "metadata": {"type": "nfs", "share_location": "nfs://9.9.9.9/vol_a", "mountpoint": "/mnt"},
            },
            "no LIF of the given",
        ),
        (
            {
                "url": "file:///mnt/x",
                "metadata": {"type": "nfs", "share_location": "nfs://1.1.1.1/none", "mountpoint": "/mnt"},
            },
            "No volume of SVM svm1",
        ),
        (
            {
                "url": "file:///mnt/x",
                "metadata": {"type": "nfs", "share_location": "nfs://1.1.1.1/vol_a", "mountpoint": "/mnt"},
            },
            "There is no file x",
        ),
    ],
)
def test_locations_that_do_not_lead_to_a_file(location, reason):
    cloud = FakeCloud()
    cloud.locations = [location]
    scene = plan.read(cloud, FakeArrays(), plan.Question(("debian",), "enhanced"))
    assert [scene.decision(scene.images[0], one).path for one in scene.pools] == ["download", "download"]
    assert any(reason in one for one in scene.decision(scene.images[0], scene.pools[0]).reasons)


def test_locations_refused():
    cloud = FakeCloud()
    cloud.fail["GET", f"/images/{IMAGE_ID}/locations"] = failures.NotAuthorized("no", status=403)
    record = plan.path_record(*_first(cloud))
    assert record["path"] == "download" and "it answered 403" in record["reasons"][0]
    assert "role service" in record["cures"][0]
    cloud.images = [image(locations=cloud.locations)]
    assert plan.path_record(*_first(cloud))["path"] == "image_clone"


def _first(cloud):
    scene = plan.read(cloud, FakeArrays(), plan.Question(("debian",), "enhanced"))
    return scene, scene.images[0], scene.pools[0]
