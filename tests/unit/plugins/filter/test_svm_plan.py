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
VOLUME = {
    "name": "a",
    "state": "online",
    "style": "flexvol",
    "type": "rw",
    "space": {"size": 20 * 1024**3},
    "nas": {"path": "/a", "export_policy": {"name": "openstack"}},
}


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_text_leaves_efficiency_and_autosize_as_ontap_has_them(nothing):
    style = {"efficiency": nothing, "autosize": nothing, "autosize_maximum": nothing}
    found = svm_plan(READ, vserver="s", flexvols=[FLEXVOL], clients={}, style=style)
    assert [item["name"] for item in found["flexvols"]] == ["a"]
    assert (found["efficiency"], found["autosize"]) == ([], [])


@pytest.mark.parametrize("maximum", [40, "40"])
def test_a_number_may_come_as_text(maximum):
    style = {"autosize": "grow", "autosize_maximum": maximum}
    there = dict(VOLUME, autosize={"mode": "grow", "maximum": 40 * 1024**3})
    found = svm_plan(dict(READ, volumes=[there]), vserver="s", flexvols=[FLEXVOL], clients={}, style=style)
    assert found["autosize"] == []
    smaller = dict(VOLUME, autosize={"mode": "grow", "maximum": 30 * 1024**3})
    found = svm_plan(dict(READ, volumes=[smaller]), vserver="s", flexvols=[FLEXVOL], clients={}, style=style)
    assert [item["autosize"] for item in found["autosize"]] == [{"mode": "grow", "maximum": 40}]
