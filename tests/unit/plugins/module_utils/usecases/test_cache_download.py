# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that Cinder has to download: once, whatever the number of FlexVols, runs and kills."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    Entry,
    Wanted,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import cache_download

from . import fakes
from .fake_prime import DownloadingCloud, PruneArrays, not_on_ontap, run
from .fakes import GIB, IMAGE_ID, image

ENTRY = f"img-cache-{IMAGE_ID}"
SECURE = Wanted(owner_uid=7, owner_gid=7, mode="0660")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(cache_download, "PAUSE", 0)


def columns(result, *names):
    return [tuple(one[name] for name in names) for one in result["entries"]]


def test_downloaded_once_and_copied_from_there():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    found, lines = run(cloud, arrays)
    assert columns(found, "flexvol", "path", "way", "action", "changed") == [
        ("vol_a", "copy_offload", "array", "make", True),
        ("vol_b", "download", "cinder", "download", True),
    ]
    assert columns(found, "bytes") == [(GIB,), (GIB // 4,)]
    assert cloud.downloaded == [IMAGE_ID] and cloud.volumes == {}
    assert arrays.done == [("copy", "vol_a", ENTRY)]
    assert "downloaded once, into pool h@ontap#1.1.1.2:/vol_b" in found["warnings"][0]
    assert any("throwaway volume" in line for line in lines)
    again, _lines = run(cloud, arrays)
    assert not again["changed"] and cloud.downloaded == [IMAGE_ID]


def test_requests_of_a_download():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    run(cloud, arrays)
    assert cloud.calls["POST /volumes"] == 1
    assert cloud.calls["GET /volumes/detail"] == 2  # at the start, and after the create
    assert cloud.calls["GET /volumes/{id}"] == 2  # one for each state it went through
    assert sum(number for call, number in cloud.calls.items() if call.startswith("DELETE")) == 1
    # Survey and listings; a look at the entry and listings again; the copy and a look at it.
    assert arrays.requests == 5 + 2 + 1 + 2 + 2
    before = cloud.requests, arrays.requests
    run(cloud, arrays)
    assert (cloud.requests - before[0], arrays.requests - before[1]) == (6, 7)


@pytest.mark.parametrize("wanted", [Wanted(), SECURE])
def test_check_mode(wanted):
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    cloud.pools[1]["capabilities"]["free_capacity_gb"] = 90  # where Cinder would put it
    told, _lines = run(cloud, arrays, wanted=wanted, check_mode=True)
    assert (cloud.volumes, arrays.done) == ({}, [])
    assert "will be downloaded once" in told["warnings"][0]
    done, _lines = run(cloud, arrays, wanted=wanted)
    assert told["diff"] == done["diff"]
    assert columns(told, "path", "way", "action", "changed") == columns(
        done, "path", "way", "action", "changed"
    )


def test_the_others_wait_for_their_owner():
    arrays = PruneArrays()
    found, _lines = run(not_on_ontap(arrays), arrays, wanted=SECURE)
    assert columns(found, "flexvol", "way", "action") == [
        ("vol_a", "array_owner", "stage"),
        ("vol_b", "cinder", "download"),
    ]
    assert [one["flexvol"] for one in found["staged"]] == ["vol_a"]


def test_an_entry_of_root_gets_its_owner_too():
    """Without nas_secure_file_operations the driver writes as root."""
    arrays = PruneArrays()
    found, _lines = run(not_on_ontap(arrays, owner=0), arrays, wanted=SECURE)
    assert sorted(one["flexvol"] for one in found["staged"]) == ["vol_a", "vol_b"]
    arrays.own(7)
    cloud = not_on_ontap(arrays, owner=0)
    last, _lines = run(cloud, arrays, wanted=SECURE)
    assert last["staged"] == [] and cloud.downloaded == []
    assert all(here[ENTRY].owner == 7 for here in arrays.files.values())


def test_refuse_makes_nothing():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    found, _lines = run(cloud, arrays, download="refuse")
    assert found["summary"]["failed"] == 2 and "qemu-img convert" not in found["msg"]
    assert "says nothing of an NFS share" in found["msg"]
    assert "filesystem_store_metadata_file" in found["failure"]["cure"]
    assert (cloud.downloaded, cloud.calls["POST /volumes"], arrays.done) == ([], 0, [])


def test_allow_is_silent():
    arrays = PruneArrays()
    found, _lines = run(not_on_ontap(arrays), arrays, download="allow")
    assert found["changed"] and found["warnings"] == []


@pytest.mark.parametrize("status", ["creating", "downloading", "available"])
def test_a_volume_of_another_run_is_waited_for(status):
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    cloud.add(IMAGE_ID, status)
    if status == "available":
        arrays.files["uuid-b"][ENTRY] = Entry(ENTRY, GIB, 7, 7, "0660")
    found, _lines = run(cloud, arrays)
    assert (cloud.calls["POST /volumes"], cloud.volumes) == (0, {})
    assert all(ENTRY in here for here in arrays.files.values())
    assert found["summary"]["failed"] == 0


def test_a_killed_run_whose_entry_was_lost():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    cloud.add(IMAGE_ID, "available")
    cloud.add(IMAGE_ID, "error")
    found, _lines = run(cloud, arrays)
    assert found["summary"]["failed"] == 0
    assert (cloud.calls["POST /volumes"], cloud.volumes) == (1, {})


def test_leftovers_of_images_that_need_none():
    arrays = PruneArrays()
    cloud = DownloadingCloud(arrays)
    left, alive = cloud.add(IMAGE_ID, "available"), cloud.add(IMAGE_ID, "downloading")
    run(cloud, arrays, check_mode=True)
    assert set(cloud.volumes) == {left, alive}
    found, _lines = run(cloud, arrays)
    assert found["volumes_removed"] == [left] and set(cloud.volumes) == {alive}
    assert f"volume {left}" in found["diff"]["before"] and left not in found["diff"]["after"]


def test_a_leftover_that_cinder_does_not_let_go_ends_nothing():
    arrays = PruneArrays()
    cloud = DownloadingCloud(arrays)
    stuck, left = cloud.add(IMAGE_ID, "available"), cloud.add(IMAGE_ID, "available")
    cloud.fail["DELETE", f"/volumes/{stuck}"] = failures.WrongInput("It has snapshots", status=400)
    found, lines = run(cloud, arrays)
    assert not found.get("failed") and all(ENTRY in here for here in arrays.files.values())
    assert found["volumes_removed"] == [left] and set(cloud.volumes) == {stuck}
    assert f"Throwaway volume {stuck} of an earlier run could not be removed: It has snapshots." in lines
    again, _lines = run(cloud, arrays)
    assert not again["changed"]


def test_the_older_of_two_runs_counts(monkeypatch):
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    post = cloud.post

    def another_run_was_first(service, path, body):
        answer = post(service, path, body)
        cloud.volumes[answer["volume"]["id"]]["created_at"] = "2026-01-02T00:00:00"
        cloud.add(IMAGE_ID, "downloading", "2026-01-01T00:00:00")
        return answer

    monkeypatch.setattr(cloud, "post", another_run_was_first)
    found, _lines = run(cloud, arrays)
    assert found["summary"]["failed"] == 0 and cloud.volumes == {}
    assert cloud.calls["POST /volumes"] == 1


def test_a_volume_in_error():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays, ends="error")
    found, _lines = run(cloud, arrays)
    assert found["summary"]["failed"] == 2
    assert "ended in error: no valid backend" in found["msg"] and cloud.volumes == {}


def test_a_driver_that_registers_nothing():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays, registers=False)
    found, _lines = run(cloud, arrays)
    assert "registered no entry" in found["msg"] and cloud.volumes == {}
    assert cloud.calls["POST /volumes"] == 1


def test_too_slow():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays, ends="downloading")
    found, _lines = run(cloud, arrays, timeout=0)
    assert "raise timeout" in found["failure"]["cure"] and len(cloud.volumes) == 1


def test_quota():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    cloud.fail[f"eic-prime-{IMAGE_ID}"] = failures.Refused("Too many volumes", status=413)
    found, _lines = run(cloud, arrays)
    assert "Too many volumes" in found["msg"] and cloud.volumes == {}


def test_a_broken_entry_is_no_source_of_the_volume():
    arrays = PruneArrays({"uuid-b": {ENTRY: Entry(ENTRY, 5)}})
    cloud = not_on_ontap(arrays)
    found, _lines = run(cloud, arrays)
    assert ("delete", "vol_b", ENTRY) in arrays.done and found["summary"]["failed"] == 0
    assert arrays.files["uuid-b"][ENTRY].size == GIB


def test_a_pool_that_was_not_asked_for():
    """Cinder puts the volume into vol_b; the task wants vol_a only."""
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)

    def act(scene, context):
        return cache.prime(replace(scene, pools=scene.pools[:1], volume_type=None), context)

    from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import cache

    found, _lines = run(cloud, arrays, act=act)
    assert columns(found, "flexvol", "path") == [("vol_a", "copy_offload")]
    assert arrays.done == [("copy", "vol_a", ENTRY)] and cloud.volumes == {}


def test_what_finds_no_room(monkeypatch):
    monkeypatch.setattr(fakes, "B", replace(fakes.B, available=GIB // 2))
    arrays = PruneArrays()
    found, _lines = run(DownloadingCloud(arrays), arrays)
    assert columns(found, "flexvol", "failed") == [("vol_a", False), ("vol_b", True)]
    assert "has 512 MiB free, and image debian needs 1 GiB" in found["msg"]
    assert "enlarge FlexVol vol_b by 1 GiB" in found["failure"]["cure"]
    assert arrays.done == [("clone", "vol_a", ENTRY)]


def test_the_cleaning_threshold_is_told_before(monkeypatch):
    monkeypatch.setattr(fakes, "B", replace(fakes.B, available=20 * GIB))
    arrays = PruneArrays()
    found, _lines = run(DownloadingCloud(arrays), arrays, check_mode=True)
    assert found["space"] == [
        {
            "svm": "svm1",
            "flexvol": "vol_b",
            "size": 100 * GIB,
            "available": 20 * GIB,
            "bytes": GIB,
            "available_after": 19 * GIB,
            "percent_free_after": 19,
            "fits": True,
            "cleaned": True,
        }
    ]
    assert "vol_b of SVM svm1 will have 19 % free" in found["warnings"][0]


def test_declared_images():
    arrays = PruneArrays()
    other = "22222222-2222-1111-1111-111111111111"
    arrays.files["uuid-a"][f"glance/{other}"] = Entry(other, GIB, 0, 0, "0640")
    cloud = DownloadingCloud(arrays)
    cloud.images = [image(tags=["golden"]), image(id=other, name="other")]
    cloud.locations[0]["url"] = f"file:///mnt/glance/{IMAGE_ID}"
    found, _lines = run(cloud, arrays, images=(), where={"tags": ["golden"]})
    assert {one["image_id"] for one in found["entries"]} == {IMAGE_ID}
    assert cloud.calls["GET /images"] == 1
    none, _lines = run(cloud, arrays, images=(), where={"tags": ["none"]})
    assert (none["changed"], none["entries"]) == (False, [])


def test_a_look_that_fails_does_not_end_a_download():
    arrays = PruneArrays()
    cloud = not_on_ontap(arrays)
    get, looks = cloud.get, []

    def flaky(service, path, **params):
        if path.startswith("/volumes/v"):
            looks.append(path)
            if len(looks) == 2:
                raise failures.Unreachable("Cinder did not answer")
        return get(service, path, **params)

    cloud.get = flaky
    found, lines = run(cloud, arrays)
    assert not found.get("failed") and cloud.downloaded == [IMAGE_ID] and cloud.volumes == {}
    assert any("a look at throwaway volume v1 failed: Cinder did not answer" in line for line in lines)
