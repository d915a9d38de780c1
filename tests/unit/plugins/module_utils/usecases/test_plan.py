# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plan reads, how often it asks, and how it looks again."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import plan

from .fake_prime import IDS, DownloadingCloud
from .fakes import GIB, IMAGE_ID, A, FakeArrays, FakeCloud, image

ENTRY = f"img-cache-{IMAGE_ID}"


def paths_of(scene):
    return [scene.decision(image, pool).path for image in scene.images for pool in scene.pools]


def test_refresh_looks_at_the_entries_only():
    cloud, arrays = FakeCloud(), FakeArrays({"uuid-b": {ENTRY: Entry(ENTRY, GIB)}})
    scene = plan.read(cloud, arrays, plan.Question(("debian",), "enhanced"))
    assert paths_of(scene) == ["image_clone", "cache_clone"]
    asked = cloud.requests, arrays.requests
    del arrays.files["uuid-b"][ENTRY]
    arrays.files["uuid-a"][ENTRY] = Entry(ENTRY, GIB)
    again = plan.refresh(arrays, scene, scene.images[0])
    assert paths_of(again) == ["cache_clone", "copy_offload"]
    assert (cloud.requests - asked[0], arrays.requests - asked[1]) == (0, 2)  # a request a FlexVol
    assert paths_of(scene) == ["image_clone", "cache_clone"]  # the first scene stays as it was


def read(cloud=None, arrays=None, **asked):
    arrays = arrays or FakeArrays()
    return plan.read(cloud or FakeCloud(), arrays, plan.Question(("debian",), "enhanced", **asked)), arrays


def test_records_and_forecast():
    scene, _arrays = read()
    first, second = plan.paths(scene)
    assert (first["path"], first["unprimed_path"]) == ("image_clone", "download")  # it is in a directory
    assert first["source"] == {
        "svm": "svm1",
        "flexvol": "vol_a",
        "path": f"glance/{IMAGE_ID}",
        "qtree": None,
    }
    assert (second["path"], second["unprimed_path"]) == ("copy_offload", "download")
    (forecast,) = plan.forecasts(scene)
    assert forecast["outcome"] == "prime_first"
    assert forecast["unprimed_pools"] == [first["pool"], second["pool"]]


def test_an_image_in_the_root_is_cloned_by_the_driver_too():
    cloud, arrays = FakeCloud(), FakeArrays({"uuid-a": {IMAGE_ID: Entry(IMAGE_ID, GIB)}})
    cloud.locations[0]["url"] = f"file:///mnt/{IMAGE_ID}"
    scene, _arrays = read(cloud, arrays)
    assert [one["unprimed_path"] for one in plan.paths(scene)] == ["image_clone", "download"]
    arrays.files["uuid-b"][ENTRY] = Entry(ENTRY, GIB)
    again = plan.refresh(arrays, scene, scene.images[0])
    # Now the driver finds an entry on the other share first, and no longer looks at the image's own file.
    assert [one["unprimed_path"] for one in plan.paths(again)] == ["download", "cache_clone"]


@pytest.mark.parametrize("header", [b"QFI\xfb", b"KDMV"])
def test_a_label_is_not_believed(header):
    arrays = FakeArrays()
    arrays.headers[f"glance/{IMAGE_ID}"] = header
    scene, _arrays = read(arrays=arrays)
    assert paths_of(scene) == ["download", "download"]
    assert plan.forecasts(scene)[0]["outcome"] == "downloaded"


def test_first_bytes_that_cannot_be_read_are_told():
    arrays = FakeArrays()
    arrays.headers[f"glance/{IMAGE_ID}"] = failures.NotAuthorized("no right", status=403)
    scene, _arrays = read(arrays=arrays)
    assert paths_of(scene) == ["image_clone", "copy_offload"]
    assert "could not be read" in scene.warnings[0] and "no right" in scene.warnings[0]


def test_a_qtree_is_told():
    arrays = FakeArrays()
    arrays.qtrees = {A.uuid: {"glance"}}
    scene, _arrays = read(arrays=arrays)
    assert plan.paths(scene)[0]["source"]["qtree"] == "glance"
    assert "in qtree glance" in " ".join(plan.paths(scene)[0]["reasons"])


def test_a_type_whose_encryption_is_not_shown():
    cloud = FakeCloud()
    cloud.fail["GET", "/types/t1/encryption"] = failures.NotAuthorized("no", status=403)
    scene, _arrays = read(cloud)
    assert "Whether volume type enhanced encrypts is not shown" in scene.warnings[0]


def test_images_stay_in_the_order_of_their_names():
    """Whatever else chooses one of them again."""
    cloud = DownloadingCloud(None)
    first, second = (image(id=one, name=one[:4]) for one in IDS[:2])
    first["tags"] = ["golden"]
    cloud.images = [second, first]
    asked = plan.Question((IDS[0], IDS[1]), "enhanced", images_where={"tags": ["golden"]})
    assert [one["id"] for one in plan.chosen_images(cloud, asked)] == IDS[:2]
