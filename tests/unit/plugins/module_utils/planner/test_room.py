# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that still fit, by the rule of Cinder's capacity filter."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Pool
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.room import (
    shortage,
    volumes_that_fit,
)

THIN = {
    "total_capacity_gb": 100.0,
    "free_capacity_gb": 50.0,
    "thin_provisioning_support": True,
    "max_over_subscription_ratio": "2.0",
    "provisioned_capacity_gb": 20,
}


@pytest.mark.parametrize(
    ("changes", "thin", "fits"),
    [
        ({}, True, 18),
        ({"reserved_percentage": 10}, True, 16),
        ({"provisioned_capacity_gb": 500}, True, 0),
        ({"max_over_subscription_ratio": 0.5}, True, 0),  # the filter turns such a pool down
        ({"provisioned_capacity_gb": None, "allocated_capacity_gb": 40}, True, 16),
        ({}, False, 5),  # thick: free bytes count
        ({"thin_provisioning_support": "False"}, True, 5),
        ({"free_capacity_gb": "unknown"}, True, None),
        ({"total_capacity_gb": "infinite"}, True, None),
    ],
)
def test_fit(changes, thin, fits):
    assert volumes_that_fit({**THIN, **changes}, 10, thin) == fits


def test_shortage():
    pools = [Pool("a", capabilities=THIN), Pool("b", capabilities=dict(THIN, provisioned_capacity_gb=195))]
    assert shortage(pools, 18, 10) is None
    assert shortage(pools, 19, 10) == "19 volumes of 10 GiB are needed and 18 fit (18 in a, 0 in b)"
    assert shortage([*pools, Pool("c")], 1000, 10) is None
    assert shortage([], 1, 10) is None
