# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter.svm_plan import svm_plan

READ = {
    "version": [9, 14, 1],
    "interfaces": [{"svm": {"name": "s"}, "ip": {"address": "192.0.2.11"}}],
    "volumes": [],
    "policies": [],
}
FLEXVOL = {"name": "a", "aggregate": "aggr1", "size": 20, "lif": "192.0.2.11"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_text_leaves_efficiency_and_autosize_as_ontap_has_them(nothing):
    style = {"efficiency": nothing, "autosize": nothing, "autosize_maximum": nothing}
    found = svm_plan(READ, vserver="s", flexvols=[FLEXVOL], clients={}, style=style)
    assert [item["name"] for item in found["flexvols"]] == ["a"]
    assert (found["efficiency"], found["autosize"]) == ([], [])
