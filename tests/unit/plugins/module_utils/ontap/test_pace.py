# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pauses between looks: how many looks work of some length costs, and how long its end stays unseen."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.pace import (
    LONGEST,
    NEAR,
    Pace,
)


def watch(seconds, foreseen=lambda share: None):
    """(looks, seconds by which the end was seen late) of work that takes ``seconds``."""
    now, looks = [100.0], 0
    pace = Pace(lambda: now[0])
    while now[0] < 100 + seconds:
        looks += 1
        now[0] += pace.next(foreseen((now[0] - 100) / seconds))
    return looks, now[0] - 100 - seconds


@pytest.mark.parametrize(
    ("seconds", "most_looks", "latest"),
    [(0.01, 1, 0.05), (0.5, 5, 0.3), (30, 40, 2.4), (600, 160, LONGEST)],
)
def test_without_a_forecast(seconds, most_looks, latest):
    looks, late = watch(seconds)
    assert looks <= most_looks
    assert late <= latest


@pytest.mark.parametrize("seconds", [3, 30, 600])
def test_with_a_forecast_the_end_is_seen_at_once(seconds):
    looks, late = watch(seconds, lambda share: share)
    assert late <= NEAR
    assert looks <= watch(seconds)[0] + 3


def test_a_forecast_that_was_wrong_is_forgotten_by_and_by():
    """Half done after a tenth of the time, then nothing is heard any more."""
    looks, late = watch(60, lambda share: 0.5 if share < 0.1 else None)
    assert looks <= 60
    assert late <= LONGEST
