# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that `instances` returns: what provision_instance needs to leave out modules that have nothing to
do.
"""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import Entry

from .booting import ENTRY, PRIMED, names, present
from .fakes import GIB, IMAGE_ID, FakeArrays, FakeCloud

STAGE = f"eic-stage-{IMAGE_ID}"
HALF = {"uuid-a": PRIMED["uuid-a"]}
STAGED = {**PRIMED, "uuid-b": {**PRIMED["uuid-b"], STAGE: Entry(STAGE, GIB, 0, 0, "0644")}}


@pytest.mark.parametrize(
    ("files", "primed"), [(PRIMED, True), (HALF, False), ({}, False), (STAGED, False)], ids=str
)
def test_primed_is_an_entry_everywhere_and_nothing_left_over(files, primed):
    told = present(FakeCloud(), names(2), FakeArrays(files), check_mode=True, download="allow")
    assert told["plan"]["primed"] is primed
    assert len(told["plan"]["paths"]) == 2 and told["plan"]["table"]


def test_nothing_is_planned_when_nothing_is_to_be_made():
    cloud = FakeCloud()
    present(cloud, names(2))
    arrays = FakeArrays(PRIMED)
    told = present(cloud, names(2), arrays, check_mode=True, download="allow")
    assert told["plan"] is None and arrays.requests == 0
    assert {one["action"] for one in told["instances"]} == {"keep"}


def test_looking_first_changes_nothing_and_asks_no_more_than_making():
    cloud = FakeCloud()
    present(cloud, names(20), check_mode=True, download="allow")
    assert not cloud.servers and not cloud.volumes
    assert not any(call.startswith(("POST", "PUT", "DELETE")) for call in cloud.calls)
    assert cloud.lists() == cloud.requests <= 16
    assert ENTRY in PRIMED["uuid-a"]
