# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pruning as a whole: what is read, what goes, check mode, requests."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import prune
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import (
    cache_prune,
    plan,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases.cache_work import (
    Context,
    Options,
)

from .fake_prime import IDS, DownloadingCloud, PruneArrays
from .fakes import GIB, Lines, image

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00
OLD, LONG_AGO = NOW - 40 * 86400, "2026-01-01T00:00:00"
KNOWN, HIDDEN, GONE = IDS
COPY = "eic-copy-0123456789-0123456789-01234567"


def file(name, made=OLD):
    return Entry(name, GIB, 7, 7, "0660", made=made, used=GIB)


def cloud_and_arrays():
    """An image that is known, a hidden one, one that is gone; their files, and some that are none of ours."""
    names = [f"img-cache-{one}" for one in IDS] + [f"eic-stage-{GONE}", COPY, "img-cache-notes", "volume-1"]
    arrays = PruneArrays({"uuid-a": {name: file(name) for name in names}})
    cloud = DownloadingCloud(arrays)
    cloud.images = [image(id=KNOWN, name="known"), image(id=HIDDEN, name="hidden", os_hidden=True)]
    return cloud, arrays


def run(cloud, arrays, images=(), where=None, check_mode=False, **rules):
    asked = plan.Question(tuple(images), "enhanced", images_where=where, gone_images=True)
    context = Context(cloud, arrays, Options(check_mode=check_mode), Lines())
    return cache_prune.prune(asked, prune.Rules(**rules), context, NOW)


def left(arrays):
    return sorted(name for name in arrays.files["uuid-a"] if "/" not in name)


def whys(result):
    return {one["file"]: one["why"] for one in result["entries"]}


def test_gone_images_and_leftovers():
    cloud, arrays = cloud_and_arrays()
    found = run(cloud, arrays)
    assert left(arrays) == sorted(
        [f"img-cache-{KNOWN}", f"img-cache-{HIDDEN}", "img-cache-notes", "volume-1"]
    )
    assert found["summary"] == {
        "gone": 2,
        "age": 0,
        "budget": 0,
        "leftover": 1,
        "changed": 3,
        "failed": 0,
        "bytes": 3 * GIB,
        "total": 5,
    }
    assert found["diff"]["after"].splitlines() == [
        f"svm1:vol_a/img-cache-{one}" for one in sorted([KNOWN, HIDDEN])
    ]
    again = run(cloud, arrays)
    assert (again["changed"], again["summary"]["changed"]) == (False, 0)


def test_check_mode_tells_what_a_run_does():
    cloud, arrays = cloud_and_arrays()
    cloud.add(KNOWN, "available", LONG_AGO)
    told = run(cloud, arrays, check_mode=True, budget_count=1)
    assert arrays.done == [] and len(cloud.volumes) == 1
    done = run(cloud, arrays, budget_count=1)
    for key in ("changed", "diff", "summary", "volumes_removed"):
        assert told[key] == done[key]
    assert cloud.volumes == {}


def test_wanted_images_stay():
    cloud, arrays = cloud_and_arrays()
    found = run(cloud, arrays, images=["known", GONE], age=86400)
    assert whys(found)[f"img-cache-{KNOWN}"] == "wanted"
    assert whys(found)[f"img-cache-{GONE}"] == "wanted"
    assert whys(found)[f"img-cache-{HIDDEN}"] == "age"
    with pytest.raises(failures.NotFound, match="no image 'knwon'"):
        run(cloud, arrays, images=["knwon"])


def test_declared_images_stay():
    cloud, arrays = cloud_and_arrays()
    cloud.images[0]["tags"] = ["golden"]
    assert whys(run(cloud, arrays, where={"tags": ["golden"]}, age=86400))[f"img-cache-{KNOWN}"] == "wanted"


def test_the_newest_volume_counts():
    cloud, arrays = cloud_and_arrays()
    cloud.made_since = {KNOWN: "2027-01-14T08:00:00.000000"}
    found = run(cloud, arrays, age=30 * 86400.0)
    assert (whys(found)[f"img-cache-{KNOWN}"], whys(found)[f"img-cache-{HIDDEN}"]) == ("used", "age")
    used = {one["file"]: one["last_used"] for one in found["entries"]}
    assert used[f"img-cache-{KNOWN}"] == "2027-01-14T08:00:00Z"


def test_a_copy_that_is_being_written_stays():
    cloud, arrays = cloud_and_arrays()
    arrays.writing = {COPY}
    assert whys(run(cloud, arrays))[COPY] == "alive"
    assert COPY in left(arrays)


def test_throwaway_volumes_of_killed_runs():
    cloud, arrays = cloud_and_arrays()
    old = cloud.add(KNOWN, "available", LONG_AGO)
    young = cloud.add(KNOWN, "available", "2027-01-15T07:59:00")
    alive = cloud.add(KNOWN, "downloading", LONG_AGO)
    found = run(cloud, arrays)
    assert (found["volumes_removed"], set(cloud.volumes)) == ([old], {young, alive})


def test_a_throwaway_volume_that_cinder_does_not_let_go():
    """The result tells what was removed all the same."""
    cloud, arrays = cloud_and_arrays()
    stuck, left = cloud.add(KNOWN, "available", LONG_AGO), cloud.add(KNOWN, "available", LONG_AGO)
    cloud.fail["DELETE", f"/volumes/{stuck}"] = failures.WrongInput("It has snapshots", status=400)
    found = run(cloud, arrays)
    assert (found["summary"]["changed"], found["volumes_removed"]) == (3, [left])
    assert f"volume {left}" in found["diff"]["before"] and stuck not in found["diff"]["before"]
    assert found["warnings"] == [
        f"Throwaway volume {stuck} of an earlier run could not be removed: It has snapshots."
    ]
    assert not run(cloud, arrays)["changed"]


def test_a_budget_that_wanted_images_exceed():
    cloud, arrays = cloud_and_arrays()
    found = run(cloud, arrays, images=["known"], budget_bytes=GIB // 2)
    assert f"img-cache-{KNOWN}" in left(arrays) and f"img-cache-{HIDDEN}" not in left(arrays)
    assert found["warnings"] == [
        "Entries of 1 GiB stay in FlexVol vol_a of SVM svm1, and the budget is 512 MiB: the others are "
        "wanted. Raise the budget, or want fewer images."
    ]


def test_one_failure_does_not_stop_the_others():
    cloud, arrays = cloud_and_arrays()
    arrays.fail["delete", "vol_a"] = failures.Refused("Read-only", "svm1", "wait", 400, "131102")
    found = run(cloud, arrays)
    assert found["failed"] and found["failure"]["code"] == "131102"
    assert (found["summary"]["failed"], found["summary"]["changed"]) == (1, 2)


def test_requests():
    cloud, arrays = cloud_and_arrays()
    run(cloud, arrays, check_mode=True)
    assert dict(cloud.calls) == {
        "GET /scheduler-stats/get_pools": 1,
        "GET /types": 1,
        "GET /types/t1/encryption": 1,
        "GET /images": 2,  # those of the caches, and hidden ones among those that are missing
        "GET /volumes/detail": 1,  # throwaway volumes
    }
    assert arrays.requests == 3 + 2 + 2 * 2  # survey, a listing a FlexVol, two for each quiet leftover
    run(cloud, arrays, check_mode=True, age=1.0)
    assert cloud.calls["GET /volumes/detail"] == 1 + 2
