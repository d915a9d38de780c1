# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The space forecast: what fits, what does not, and what the driver will clean."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import FlexVol
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.sizes import GIB
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.space import forecast


def flexvol(free, size=100, name="vol_a"):
    available = None if free is None else free * GIB
    return FlexVol("c1", "svm1", name, f"uuid-{name}", available=available, size=size * GIB)


@pytest.mark.parametrize(
    ("free", "needs", "refused", "percent", "cleaned"),
    [
        (80, [10, 10], [], 60, False),
        (80, [], None, None, None),
        (30, [9], [], 21, False),
        (30, [10], [], 20, True),
        (8, [10], [0], 8, True),
        (10, [6, 6, 4], [1], 0, True),  # a smaller one after it still finds room
        (0, [1], [0], 0, True),
        (None, [500], [], None, False),  # an ONTAP that does not tell
    ],
)
def test_one_flexvol(free, needs, refused, percent, cleaned):
    found = forecast((number, f"img{number}", flexvol(free), size * GIB) for number, size in enumerate(needs))
    if refused is None:
        assert found == []
        return
    (one,) = found
    assert list(one.refused) == refused
    assert (one.percent_after, one.cleaned) == (percent, cleaned)
    assert one.as_dict()["fits"] is (not refused)


def test_sentences():
    (one,) = forecast([(0, "big", flexvol(30), 20 * GIB), (1, "other", flexvol(30), 15 * GIB)])
    sentence, cure = one.refused[1]
    assert sentence == (
        "FlexVol vol_a of SVM svm1 has 10 GiB free when 20 GiB for others are in it, "
        "and image other needs 15 GiB"
    )
    assert cure == "enlarge FlexVol vol_a by 5 GiB, or prune its image cache"
    # 100 GiB with 10 free: 14 more make 24 of 114, which is 21 %.
    assert "10 % free" in one.warning and "Enlarge it by 14 GiB" in one.warning


def test_flexvols_are_told_apart():
    needs = [(n, "img", flexvol(5, name=name), 4 * GIB) for n, name in enumerate(("a", "b", "a"))]
    assert [list(one.refused) for one in forecast(needs)] == [[2], []]
