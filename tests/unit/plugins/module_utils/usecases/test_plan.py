# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plan reads, how often it asks, and how it looks again."""

from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.usecases import plan

from .fakes import GIB, IMAGE_ID, FakeArrays, FakeCloud

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
