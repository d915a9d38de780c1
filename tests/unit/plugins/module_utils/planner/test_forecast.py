# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an instance would get, from the decisions for its pools."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    Decision,
    FlexVol,
    Image,
    Pool,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.forecast import (
    forecast,
)

IMAGE = Image("i1", "debian")
PRIMED = Decision(CACHE_CLONE, ("It is there.",), entry_usable=True)
HERE = Decision(IMAGE_CLONE, ("It is here.",), ("Enlarge.",))
COPY = Decision(COPY_OFFLOAD, ("It is near.",))
SLOW = Decision(DOWNLOAD, ("It is far.", "vStorage is off."), ("Switch it on.", "Or move it."))


@pytest.mark.parametrize(
    ("decisions", "outcome", "said", "cures"),
    [
        ([PRIMED], "cloned", "is a clone, on its only pool.", []),
        ([PRIMED, PRIMED], "cloned", "on each of its 2 pools.", []),
        ([PRIMED, COPY], "prime_first", "1 of 2 pools have no entry yet (vol1)", []),
        ([HERE, COPY], "prime_first", "2 of 2 pools have no entry yet (vol0, vol1)", ["Enlarge."]),
        (
            [PRIMED, SLOW, COPY, SLOW],
            "may_download",
            "where it chooses vol1, vol3 (2 of 4 pools): vStorage is off.",
            list(SLOW.cures),
        ),
        ([SLOW, SLOW], "downloaded", "on each of its 2 pools: vStorage is off.", list(SLOW.cures)),
        ([SLOW] * 9, "downloaded", "on each of its 9 pools", list(SLOW.cures)),
        (
            [HERE, *[SLOW] * 8],
            "may_download",
            "vol1, vol2, vol3, vol4, vol5, vol6 and 2 more",
            list(SLOW.cures),
        ),
        ([replace(PRIMED, fits=False)], "refused", "Cinder refuses a volume from image debian: It is", []),
        ([], "refused", "No pool is eligible", []),
    ],
)
def test_forecast(decisions, outcome, said, cures):
    pools = [Pool(f"p{n}", flexvol=FlexVol("c", "s", f"vol{n}", f"u{n}")) for n in range(len(decisions))]
    found = forecast(IMAGE, zip(pools, decisions, strict=True))
    assert (found["outcome"], found["cures"]) == (outcome, cures)
    assert said in found["says"]
    assert (
        found["pools"]
        == len(decisions)
        == sum(found[path] for path in (CACHE_CLONE, IMAGE_CLONE, COPY_OFFLOAD, DOWNLOAD))
    )
    assert len(found["download_pools"]) == found[DOWNLOAD]
    assert len(found["unprimed_pools"]) == sum(not one.entry_usable for one in decisions)


def test_a_pool_without_a_flexvol_goes_by_its_own_name():
    assert "chooses h@b#x (1 of 2" in forecast(IMAGE, [(Pool("h@b#x"), SLOW), (Pool("p"), PRIMED)])["says"]
