# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What two runs of image_cache did, as one list."""

from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter.primed_entries import primed_entries


def record(pool, path, action, changed, **more):
    return {"image_id": "i", "pool": pool, "path": path, "action": action, "changed": changed, **more}


STAGED = [
    record("a", "copy_offload", "stage", True, way="array_owner", bytes=5, seconds=2.0, entry=None),
    record("b", "cache_clone", "keep", False, way=None, bytes=None, seconds=None, entry={}),
]


def test_nothing_was_published():
    assert primed_entries(STAGED, []) == STAGED
    assert primed_entries(STAGED, None) == STAGED
    assert primed_entries(None, None) == []


def test_how_is_the_first_and_what_is_the_second():
    published = [
        record(
            "a", "image_clone", "publish", True, way="array_owner", bytes=None, seconds=0.5, entry={"size": 5}
        ),
        record("b", "cache_clone", "keep", False, way=None, bytes=None, seconds=0.01, entry={}),
        record("c", "cache_clone", "keep", False),
    ]
    first, second, third = primed_entries(STAGED, published)
    assert (first["path"], first["bytes"], first["seconds"], first["entry"]) == (
        "copy_offload",
        5,
        2.5,
        {"size": 5},
    )
    assert (second["changed"], second["seconds"]) == (False, 0.01)
    assert third["pool"] == "c"
