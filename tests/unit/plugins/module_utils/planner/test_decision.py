# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart as a table: every fact that changes the path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.decision import decide
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    Engine,
    Entry,
    FlexVol,
    Image,
    Pool,
    Source,
    Unusable,
    Wanted,
)

GIB = 1024**3
IMAGE = Image("i1", "debian", disk_format="raw", container_format="bare", size=GIB, virtual_size=GIB)
A = FlexVol("c1", "svm1", "vol_a", "uuid-a", "/vol_a", available=80 * GIB, size=100 * GIB)
B = replace(A, name="vol_b", uuid="uuid-b", junction="/vol_b")
OTHER_SVM = replace(A, svm="svm2", name="vol_c", uuid="uuid-c")
OTHER_CLUSTER = replace(A, cluster="c2", name="vol_d", uuid="uuid-d")
POOL = Pool("h@b#1.2.3.4:/vol_a", "b", "1.2.3.4:/vol_a", flexvol=A)
ENTRY = Entry("img-cache-i1", GIB, 42407, 42407, "0660")
ON_A = Source(A, "glance/i1", "image", GIB)
ON_B = Source(B, "i1", "image", GIB)
ENTRY_ON_B = Source(B, "img-cache-i1", "entry", GIB)
ENGINES = {
    ("c1", "svm1"): Engine("c1", "svm1", nfs=True, vstorage=True, peers=frozenset()),
    ("c1", "svm2"): Engine("c1", "svm2", nfs=True, vstorage=True, peers=frozenset()),
}
SECURE = Wanted(owner_uid=42407, owner_gid=42407, mode="0660")
TAKEN_OVER = replace(A, trouble="Node n1 is taken over.", trouble_cure="Wait.")
MISLABELLED = replace(IMAGE, content_format="qcow2")
QCOW2 = replace(IMAGE, disk_format="qcow2", size=100, virtual_size=GIB)


def engines(svm="svm1", **changes):
    return {**ENGINES, ("c1", svm): replace(ENGINES["c1", svm], **changes)}


def case(name, path, reason, cure=None, **facts):
    return pytest.param(facts, path, reason, cure, id=name)


TABLE = [
    # an entry
    case("entry present", CACHE_CLONE, "img-cache-i1 is in FlexVol vol_a", entry=ENTRY),
    case("entry, owner nobody looks at", CACHE_CLONE, "is in", entry=replace(ENTRY, owner=0, mode="0600")),
    case("entry, owner right", CACHE_CLONE, "is in", entry=ENTRY, wanted=SECURE),
    case("entry absent, image here", IMAGE_CLONE, "glance/i1 is in FlexVol vol_a itself", sources=[ON_A]),
    case("image in the root", IMAGE_CLONE, "itself", sources=[replace(ON_A, path="i1")]),
    case(
        "entry too small",
        IMAGE_CLONE,
        "has 5 bytes and the image has",
        "Run image_cache",
        entry=replace(ENTRY, size=5),
        sources=[ON_A],
    ),
    case(
        "entry too large and odd",
        DOWNLOAD,
        "is not usable",
        "Run image_cache",
        entry=replace(ENTRY, size=GIB + 5),
        sources=[Unusable("nowhere.")],
    ),
    case(
        "entry of a downloaded volume, large enough volumes",
        CACHE_CLONE,
        "is in",
        entry=replace(ENTRY, size=5 * GIB),
        wanted=Wanted(volume_gib=5),
    ),
    case(
        "entry of a downloaded volume, smaller volumes",
        IMAGE_CLONE,
        "volumes of 5 GiB and these have 4",
        entry=replace(ENTRY, size=5 * GIB),
        wanted=Wanted(volume_gib=4),
        sources=[ON_A],
    ),
    case(
        "entry with wrong owner under nas_secure",
        IMAGE_CLONE,
        "uid 42415 and not 42407",
        "with the right owner",
        entry=replace(ENTRY, owner=42415),
        wanted=SECURE,
        sources=[ON_A],
    ),
    case(
        "entry with wrong mode under nas_secure",
        COPY_OFFLOAD,
        "mode 0640 and not 0660",
        entry=replace(ENTRY, mode="0640"),
        wanted=SECURE,
        sources=[ON_B],
    ),
    # a copy inside the cluster
    case("other FlexVol, same SVM", COPY_OFFLOAD, "copies it inside the cluster", sources=[ON_B]),
    case(
        "only an entry elsewhere",
        COPY_OFFLOAD,
        "A cache entry is in FlexVol vol_b",
        sources=[Unusable("rbd."), ENTRY_ON_B],
    ),
    case(
        "vStorage off",
        DOWNLOAD,
        "vStorage is off",
        "-vstorage enabled",
        sources=[ON_B],
        engines=engines(vstorage=False),
    ),
    case("NFS off", DOWNLOAD, "NFS is off", "nfs create", sources=[ON_B], engines=engines(nfs=False)),
    case(
        "vStorage off does not matter on the same FlexVol",
        IMAGE_CLONE,
        "itself",
        sources=[ON_A],
        engines=engines(vstorage=False),
    ),
    case("engine absent", DOWNLOAD, "offers no file copy", "Give a connection", sources=[ON_B], engines={}),
    case(
        "ONTAP too old",
        DOWNLOAD,
        "came with 9.8",
        "9.8 or newer",
        sources=[ON_B],
        engines=engines(file_copy=False, why_not="c1 runs ONTAP 9.7, and file copy by REST came with 9.8."),
    ),
    case(
        "other SVM, not peered",
        DOWNLOAD,
        "not peered",
        "vserver peer create",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
    ),
    case(
        "other SVM, peered",
        COPY_OFFLOAD,
        "of SVM svm2",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
        engines=engines(peers=frozenset({"svm2"})),
    ),
    case(
        "other SVM, vStorage off there",
        DOWNLOAD,
        "vStorage is off in SVM svm2",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
        engines=engines("svm2", vstorage=False),
    ),
    case(
        "other SVM, peering not readable",
        COPY_OFFLOAD,
        "svm2",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
        engines=engines(peers=None),
    ),
    case("other cluster", DOWNLOAD, "another cluster", sources=[replace(ON_B, flexvol=OTHER_CLUSTER)]),
    case(
        "FlexVol full",
        DOWNLOAD,
        "and the image needs 1 GiB",
        "Enlarge",
        sources=[ON_B],
        pool=replace(POOL, flexvol=replace(A, available=GIB - 1)),
    ),
    # several locations
    case(
        "several locations, one here",
        IMAGE_CLONE,
        "itself",
        sources=[Unusable("a location is http."), replace(ON_B, flexvol=OTHER_CLUSTER), ON_A],
    ),
    case(
        "several locations, one can be copied",
        COPY_OFFLOAD,
        "vol_b",
        sources=[replace(ON_B, flexvol=OTHER_CLUSTER), ON_B],
    ),
    case("no location known", DOWNLOAD, "No location", "service role", sources=[]),
    case(
        "not on ONTAP",
        DOWNLOAD,
        "is rbd",
        "Keep the image",
        sources=[Unusable("It is rbd.", "Keep the image there.")],
    ),
    case(
        "the file has another size than Glance says",
        DOWNLOAD,
        "has 7 bytes and Glance says",
        sources=[replace(ON_A, size=7)],
    ),
    case(
        "the others are named",
        IMAGE_CLONE,
        "also at i1 in FlexVol vol_b of SVM svm1",
        sources=[ON_A, ON_B, ENTRY_ON_B],
    ),
    # where the file lies
    case(
        "in a qtree",
        IMAGE_CLONE,
        "in qtree q1: the array clones from there",
        sources=[replace(ON_A, path="q1/i1", qtree="q1")],
    ),
    case(
        "in a qtree of another FlexVol",
        COPY_OFFLOAD,
        "copies it inside",
        sources=[replace(ON_B, path="q1/i1", qtree="q1")],
    ),
    # what holds a copy up
    case(
        "peering without the application",
        DOWNLOAD,
        "lacks the application file_copy (code 7013360)",
        "vserver peer modify",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
        engines=engines(peers_unready={"svm2": "lacks the application file_copy (code 7013360)"}),
    ),
    case(
        "peering not readable is said",
        COPY_OFFLOAD,
        "may not read SVM peers",
        "readonly access to /api/svm/peers",
        sources=[replace(ON_B, flexvol=OTHER_SVM)],
        engines=engines(peers=None),
    ),
    case(
        "cluster not readable",
        DOWNLOAD,
        "may not read which cluster it is on",
        "readonly access to /api/cluster",
        sources=[replace(ON_B, flexvol=OTHER_CLUSTER)],
        engines=engines(cluster_known=False),
    ),
    case(
        "takeover at the target",
        DOWNLOAD,
        "n1 is taken over.",
        "Wait.",
        sources=[ON_B],
        pool=replace(POOL, flexvol=TAKEN_OVER),
    ),
    case(
        "takeover at the source",
        DOWNLOAD,
        "n1 is taken over.",
        "Wait.",
        sources=[replace(ON_B, flexvol=replace(TAKEN_OVER, name="vol_b", uuid="uuid-b"))],
    ),
    case(
        "takeover does not hold up clones",
        IMAGE_CLONE,
        "itself",
        sources=[replace(ON_A, flexvol=TAKEN_OVER)],
        pool=replace(POOL, flexvol=TAKEN_OVER),
    ),
    case(
        "a source that can be used after one that cannot",
        COPY_OFFLOAD,
        "of SVM svm2",
        sources=[
            replace(ON_B, flexvol=replace(TAKEN_OVER, name="vol_b", uuid="uuid-b")),
            replace(ON_B, flexvol=OTHER_SVM),
        ],
        engines=engines(peers=frozenset({"svm2"})),
    ),
    case(
        "FlexVol too full for a qcow2 image's content",
        DOWNLOAD,
        "the image needs 1 GiB",
        image=QCOW2,
        sources=[ENTRY_ON_B],
        pool=replace(POOL, flexvol=replace(A, available=GIB // 2)),
    ),
    # nas_secure
    case(
        "a Cinder host gives the owner",
        IMAGE_CLONE,
        "to uid 42407, as nas_secure_file_operations wants it, before it is published",
        sources=[ON_A],
        wanted=SECURE,
    ),
    case(
        "an entry that lacks only its owner is cloned anew",
        IMAGE_CLONE,
        "content of img-cache-i1 in FlexVol vol_a is right",
        entry=replace(ENTRY, owner=0),
        sources=[Unusable("rbd."), Source(A, "img-cache-i1", "entry", GIB)],
        wanted=SECURE,
    ),
    # the image
    case(
        "mislabelled",
        DOWNLOAD,
        "Glance says that image debian is raw, and file glance/i1 in FlexVol vol_a begins like qcow2",
        "with its real disk_format",
        image=MISLABELLED,
        sources=[ON_A],
    ),
    case(
        "an entry made of a mislabelled image",
        DOWNLOAD,
        "has the size of the image's file, which begins like qcow2",
        "state absent",
        image=MISLABELLED,
        entry=ENTRY,
        sources=[ON_A],
    ),
    case(
        "mislabelled, converted entry here",
        CACHE_CLONE,
        "is in",
        image=MISLABELLED,
        entry=replace(ENTRY, size=5 * GIB),
    ),
    case(
        "qcow2 here",
        DOWNLOAD,
        "not a raw disk",
        "qemu-img convert",
        image=QCOW2,
        sources=[replace(ON_A, size=100)],
    ),
    case("qcow2, raw entry here", CACHE_CLONE, "is in", image=QCOW2, entry=ENTRY),
    case(
        "qcow2, raw entry elsewhere",
        COPY_OFFLOAD,
        "A cache entry",
        image=QCOW2,
        sources=[replace(ON_A, size=100), ENTRY_ON_B],
    ),
    case(
        "raw in an ova",
        DOWNLOAD,
        "in a ova container",
        image=replace(IMAGE, container_format="ova"),
        sources=[ON_A],
    ),
    # the pool and the type
    case(
        "encrypted type",
        DOWNLOAD,
        "encrypts",
        "without encryption",
        entry=ENTRY,
        wanted=Wanted(encrypted=True),
    ),
    case(
        "a pool of another driver",
        DOWNLOAD,
        "speaks ceph",
        "NFS backend of the NetApp driver",
        pool=replace(POOL, protocol="ceph", flexvol=None),
    ),
    case(
        "SAN pool",
        DOWNLOAD,
        "No FlexVol was found behind pool",
        "Give the connection of the SVM",
        pool=replace(POOL, protocol="iscsi", flexvol=None),
    ),
    case(
        "FlexVol unknown",
        DOWNLOAD,
        "no LIF",
        "in ontap",
        pool=replace(POOL, flexvol=None, why_no_flexvol="There is no LIF."),
    ),
    case(
        "FlexGroup",
        DOWNLOAD,
        "FlexGroup",
        sources=[ON_A],
        pool=replace(POOL, flexvol=replace(A, style="flexgroup")),
    ),
    case(
        "source on a FlexGroup",
        DOWNLOAD,
        "from which ONTAP copies no files",
        sources=[replace(ON_B, flexvol=replace(B, style="flexgroup"))],
    ),
    case(
        "cache about to be cleaned",
        CACHE_CLONE,
        "20 % free",
        "Enlarge",
        entry=ENTRY,
        pool=replace(POOL, flexvol=replace(A, available=20 * GIB)),
    ),
]


@pytest.mark.parametrize(("facts", "path", "reason", "cure"), TABLE)
def test_path(facts, path, reason, cure):
    facts = {
        "image": IMAGE,
        "pool": POOL,
        "entry": None,
        "sources": [],
        "engines": ENGINES,
        "wanted": Wanted(),
        **facts,
    }
    found = decide(**facts)
    assert found.path == path
    assert any(reason in one for one in found.reasons), found.reasons
    if cure:
        assert any(cure in one for one in found.cures), found.cures
    assert all(one.endswith(".") for one in found.reasons + found.cures)
    assert found.entry_usable == (path == CACHE_CLONE)
    assert (found.source is not None) == (path in (IMAGE_CLONE, COPY_OFFLOAD))
    assert found.fits


@pytest.mark.parametrize(
    ("image", "gib", "fits"),
    [
        (IMAGE, 1, True),
        (IMAGE, None, True),
        (replace(IMAGE, size=GIB + 1), 1, False),
        (replace(IMAGE, virtual_size=3 * GIB), 2, False),
        (replace(IMAGE, min_disk=5), 4, False),
        (replace(IMAGE, status="queued"), 9, False),
    ],
)
def test_fits(image, gib, fits):
    found = decide(image, POOL, ENTRY, [], ENGINES, Wanted(volume_gib=gib))
    assert found.fits is fits
    assert fits or found.cures


def test_own_svm_before_another():
    there = replace(ON_B, flexvol=OTHER_SVM)
    found = decide(IMAGE, POOL, None, [there, ENTRY_ON_B], engines(peers=frozenset({"svm2"})))
    assert found.source == ENTRY_ON_B
