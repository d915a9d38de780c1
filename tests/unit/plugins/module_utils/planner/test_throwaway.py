# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When Cinder is made to download an image, and whose throwaway volume counts."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    Decision,
    FlexVol,
    Image,
    Pool,
    Wanted,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.throwaway import (
    Throwaway,
    elder,
    is_leftover,
    wants_one,
)

NFS = Pool("h@b#1.1.1.1:/a", flexvol=FlexVol("c1", "svm1", "a", "uuid-a"))
LOST = Pool("h@b#9.9.9.9:/x")
SAN = Pool("h@i#a", protocol="iscsi", flexvol=NFS.flexvol)


@pytest.mark.parametrize(
    ("pairs", "more", "wants"),
    [
        ([(NFS, "download")], {}, True),
        ([(NFS, "download"), (NFS, "copy_offload")], {}, False),
        ([(NFS, "download"), (NFS, "cache_clone")], {}, False),
        ([(NFS, "download"), (LOST, "download")], {}, True),
        ([(NFS, "download"), (SAN, "cache_clone")], {}, True),
        ([(LOST, "download")], {}, False),
        ([(SAN, "download")], {}, False),
        ([], {}, False),
        ([(NFS, "download")], {"encrypted": True}, False),
        ([(NFS, "download")], {"status": "queued"}, False),
        ([(NFS, "download")], {"fits": False}, False),
    ],
)
def test_when(pairs, more, wants):
    image = Image("i", "debian", status=more.get("status", "active"))
    decided = [(pool, Decision(path, fits=more.get("fits", True))) for pool, path in pairs]
    assert wants_one(image, decided, Wanted(encrypted=more.get("encrypted", False))) is wants


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([], None),
        ([("b", "i", "downloading", "2"), ("a", "i", "creating", "1")], "a"),
        ([("b", "i", "creating", "1"), ("a", "i", "creating", "1")], "a"),
        ([("a", "i", "deleting", "1"), ("b", "i", "available", "2")], "b"),
        ([("a", "i", "error", "1"), ("b", "other", "available", "2")], None),
    ],
)
def test_elder(found, counts):
    chosen = elder([Throwaway(*one) for one in found], "i")
    assert (chosen.id if chosen else None) == counts


@pytest.mark.parametrize(
    ("status", "made", "left"),
    [
        ("available", 0, True),
        ("error", 0, True),
        ("downloading", 0, False),
        ("available", 60, False),
        ("available", None, False),
    ],
)
def test_leftover(status, made, left):
    assert is_leftover(Throwaway("v", "i", status), made, 100.0, 50.0) is left
