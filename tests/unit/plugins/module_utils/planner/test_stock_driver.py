# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cinder's driver does by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import stock_driver
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    Decision,
    FlexVol,
    Image,
    Pool,
    Source,
    Unusable,
)

A = FlexVol("c1", "svm1", "vol_a", "uuid-a", "/vol_a")
B = replace(A, name="vol_b", uuid="uuid-b", junction="/vol_b")
RAW = Image("i1", "debian", disk_format="raw", size=5)
POOL = Pool("h@b#1.2.3.4:/vol_a", "b", "1.2.3.4:/vol_a", flexvol=A)
ROOT = Source(A, "i1", "image", 5, share="1.2.3.4:/vol_a")
CLONE, COPY = Decision(IMAGE_CLONE), Decision(COPY_OFFLOAD)


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"decision": Decision(CACHE_CLONE, entry_usable=True)}, CACHE_CLONE),
        ({}, IMAGE_CLONE),
        ({"sources": [Unusable("rbd."), ROOT]}, IMAGE_CLONE),
        ({"sources": [replace(ROOT, share="nfs.example.com:/vol_a")]}, IMAGE_CLONE),
        # directory segmentation
        ({"sources": [replace(ROOT, path="glance/i1")]}, DOWNLOAD),
        ({"sources": [replace(ROOT, share="1.2.3.4:/vol_a/glance", path="glance/i1")]}, DOWNLOAD),
        # the mount point is above the junction of the image's FlexVol
        ({"sources": [replace(ROOT, share="1.2.3.4:/")]}, DOWNLOAD),
        # its pattern for URLs
        ({"sources": [replace(ROOT, share="[fd00::1]:/vol_a")]}, DOWNLOAD),
        ({"sources": [replace(ROOT, share="")]}, DOWNLOAD),
        # another FlexVol
        ({"sources": [replace(ROOT, flexvol=B)], "decision": COPY}, DOWNLOAD),
        # an entry on another share of the backend comes first, in vain
        ({"entry_on_backend": True}, DOWNLOAD),
        ({"image": replace(RAW, disk_format="qcow2")}, DOWNLOAD),
        ({"image": replace(RAW, content_format="qcow2")}, DOWNLOAD),
        ({"decision": Decision(DOWNLOAD)}, DOWNLOAD),
        ({"pool": replace(POOL, flexvol=None)}, DOWNLOAD),
        ({"pool": replace(POOL, protocol="iscsi")}, DOWNLOAD),
    ],
)
def test_path(facts, path):
    given = {
        "image": RAW,
        "pool": POOL,
        "decision": CLONE,
        "sources": [ROOT],
        "entry_on_backend": False,
        **facts,
    }
    assert stock_driver.path(**given) == path
