# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart on SAN pools as a table: every fact that changes the path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.decision import decide
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    FlexVol,
    Image,
    Pool,
    Source,
    Unusable,
    Wanted,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.san_facts import (
    Adoption,
    ImageVolume,
    too_many_luns,
)

GIB = 1024**3
IMAGE = Image("i1", "debian", disk_format="raw", container_format="bare", size=GIB, virtual_size=GIB)
A = FlexVol("c1", "svm1", "san_a", "uuid-a", available=80 * GIB, size=100 * GIB)
B = replace(A, name="san_b", uuid="uuid-b")
POOL = Pool("h@san#san_a", "san", protocol="iscsi", flexvol=A)
LOCATED = ImageVolume("v1", "h@san#san_a", 1, located=True, marked=True)
CACHED = ImageVolume("v2", "h@san#san_a", 1, cached=True)
ELSEWHERE = replace(LOCATED, id="v3", pool="h@san#san_b")
GOLDEN_A = Source(A, "/vol/san_a/golden", "lun", GIB)
GOLDEN_B = Source(B, "/vol/san_b/golden", "lun", GIB)
READY = Adoption("san", "")
QCOW2 = replace(IMAGE, disk_format="qcow2", size=100)


def case(name, path, reason, cure=None, **facts):
    return pytest.param(facts, path, reason, cure, id=name)


TABLE = [
    case("a located image-volume", CACHE_CLONE, "Image-volume v1", image_volumes=[LOCATED]),
    case("one of Cinder's cache", CACHE_CLONE, "Image-volume v2", image_volumes=[CACHED]),
    case("in use is as good", CACHE_CLONE, "v1", image_volumes=[replace(LOCATED, status="in-use")]),
    case("volumes as large", CACHE_CLONE, "v1", image_volumes=[LOCATED], wanted=Wanted(volume_gib=1)),
    case("FC is the same", CACHE_CLONE, "v1", image_volumes=[LOCATED], pool=replace(POOL, protocol="fc")),
    case("a qcow2 image in Cinder's cache", CACHE_CLONE, "v2", image_volumes=[CACHED], image=QCOW2),
    case(
        "another pool's does not help",
        DOWNLOAD,
        "Pool h@san#san_a has no image-volume of image debian",
        "Name one in source_lun",
        image_volumes=[ELSEWHERE],
    ),
    case(
        "larger than the volume",
        DOWNLOAD,
        "has 8 GiB and 2 GiB are asked for",
        "volume_size of 8",
        image_volumes=[replace(LOCATED, size_gib=8)],
        wanted=Wanted(volume_gib=2),
    ),
    case(
        "not available",
        DOWNLOAD,
        "v1 in pool h@san#san_a is error",
        "Wait until",
        image_volumes=[replace(LOCATED, status="error")],
    ),
    case(
        "nobody's owner",
        DOWNLOAD,
        "no metadata image_owner",
        "Set image_owner",
        image_volumes=[replace(LOCATED, owner_fits=False)],
    ),
    case(
        "the image changed since",
        DOWNLOAD,
        "older than the last change",
        "Run image_cache",
        image_volumes=[replace(CACHED, stale=True)],
    ),
    case(
        "a volume that is only called so",
        DOWNLOAD,
        "first volume",
        image_volumes=[ImageVolume("v9", "h@san#san_a", 1)],
    ),
    case(
        "a location of a qcow2 image",
        DOWNLOAD,
        "debian is qcow2",
        "as disk_format raw",
        image_volumes=[LOCATED],
        image=QCOW2,
    ),
    case(
        "a FlexVol full of LUNs",
        CACHE_CLONE,
        "san_a holds 512 LUNs",
        "Add a FlexVol",
        image_volumes=[LOCATED],
        pool=replace(POOL, capabilities={"total_volumes": 512}),
    ),
    case("a golden LUN here", IMAGE_CLONE, "the array clones it", lun_sources=[GOLDEN_A]),
    case("a golden LUN elsewhere", COPY_OFFLOAD, "the array copies it", lun_sources=[GOLDEN_B]),
    case("here before elsewhere", IMAGE_CLONE, "/vol/san_a/golden", lun_sources=[GOLDEN_B, GOLDEN_A]),
    case(
        "a clone needs no space",
        IMAGE_CLONE,
        "clones",
        lun_sources=[GOLDEN_A],
        pool=replace(POOL, flexvol=replace(A, available=5)),
    ),
    case(
        "no room for a copy",
        DOWNLOAD,
        "san_a has 5 bytes free",
        "Enlarge FlexVol san_a",
        lun_sources=[GOLDEN_B],
        pool=replace(POOL, flexvol=replace(A, available=5)),
    ),
    case(
        "another SVM",
        DOWNLOAD,
        "within one SVM",
        "Copy it to a FlexVol of SVM svm1",
        lun_sources=[replace(GOLDEN_B, flexvol=replace(B, svm="svm2"))],
    ),
    case(
        "Glance takes no such location",
        DOWNLOAD,
        "cannot be handed to Glance: no store",
        "make one",
        lun_sources=[GOLDEN_A],
        adoption=Adoption(why_not="no store.", cure="make one"),
    ),
    case(
        "a LUN that is too small",
        DOWNLOAD,
        "has 5 bytes and image debian",
        "this image",
        lun_sources=[replace(GOLDEN_A, size=5)],
    ),
    case(
        "a LUN of a qcow2 image", DOWNLOAD, "debian is qcow2", "qemu-img", lun_sources=[GOLDEN_A], image=QCOW2
    ),
    case(
        "a LUN that is not there",
        DOWNLOAD,
        "no LUN",
        "existing",
        lun_sources=[Unusable("There is no LUN.", "Name an existing one.")],
    ),
    case(
        "an encrypting type",
        DOWNLOAD,
        "encrypts",
        "without encryption",
        image_volumes=[LOCATED],
        wanted=Wanted(encrypted=True),
    ),
]


@pytest.mark.parametrize(("facts", "path", "reason", "cure"), TABLE)
def test_path(facts, path, reason, cure):
    facts = {
        "image": IMAGE,
        "pool": POOL,
        "entry": None,
        "sources": (),
        "engines": {},
        "wanted": Wanted(),
        "adoption": READY,
        **facts,
    }
    found = decide(**facts)
    assert found.path == path
    assert any(reason in one for one in found.reasons), found.reasons
    if cure:
        assert any(cure in one for one in found.cures), found.cures
    assert found.entry_usable is (path == CACHE_CLONE)
    assert (found.source is not None) is (path in (IMAGE_CLONE, COPY_OFFLOAD))


def test_an_image_larger_than_the_volume_does_not_fit():
    found = decide(
        replace(IMAGE, size=3 * GIB), POOL, None, (), {}, Wanted(volume_gib=2), image_volumes=[LOCATED]
    )
    assert not found.fits
    assert "Ask for a volume_size of 3 or more." in found.cures


@pytest.mark.parametrize(
    ("held", "wanted", "said"),
    [
        ((510, 500), 14, None),
        ((510, 500), 15, "15 more volumes are asked for, and the FlexVols san_a, san_a hold 14 more LUNs"),
        ((600,), 1, "hold 0 more LUNs at a limit of 512 each"),
        ((None, 512), 5, None),
        ((), 5, None),
    ],
)
def test_luns_that_flexvols_hold(held, wanted, said):
    pools = [replace(POOL, capabilities={"total_volumes": one} if one is not None else {}) for one in held]
    found = too_many_luns(pools, wanted)
    assert (found is None) is (said is None)
    if said:
        assert said in found[0] and "add a FlexVol" in found[1]
