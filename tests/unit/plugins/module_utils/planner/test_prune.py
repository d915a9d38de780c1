# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cache files go: names, reasons, the record of use, budgets."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import prune
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    Entry,
    FlexVol,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.sizes import GIB

NOW, DAY, HOUR = 1_800_000_000.0, 86400.0, 3600.0
A, B = FlexVol("c1", "svm1", "vol_a", "a"), FlexVol("c1", "svm1", "vol_b", "b")
COPY = "eic-copy-0123456789-0123456789-01234567"


def uuid(number):
    return f"{number:08d}-1111-1111-1111-111111111111"


def entry(number, age=2 * HOUR, kind="img-cache-", used=GIB, flexvol=A):
    """A file of image ``number`` that was made ``age`` seconds ago."""
    made = None if age is None else NOW - age
    return prune.recognise(flexvol, Entry(f"{kind}{uuid(number)}", GIB, made=made, used=used))


def copy(age):
    return prune.recognise(A, Entry(COPY, GIB, made=None if age is None else NOW - age))


def judge(found, existing=(), wanted=(), volumes=None, written=(), **rules):
    last = {uuid(number): NOW - age for number, age in (volumes or {}).items()}
    verdicts = prune.judge(
        found,
        {uuid(one) for one in existing},
        {uuid(one) for one in wanted},
        last,
        written,
        prune.Rules(**rules),
        NOW,
    )
    return [one.why for one in verdicts]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        (f"img-cache-{uuid(1)}", True),
        (f"eic-stage-{uuid(1)}", True),
        (COPY, True),
        (f"img-cache-{uuid(1)}.bak", False),
        ("img-cache-debian", False),
        (f"img-cache-{uuid(1).upper()}x", False),
        (f"volume-{uuid(1)}", False),
        ("eic-copy-notes", False),
        (f"my-img-cache-{uuid(1)}", False),
    ],
)
def test_only_whole_names_are_cache_files(name, known):
    assert (prune.recognise(A, Entry(name)) is not None) is known


@pytest.mark.parametrize(
    ("found", "facts", "why"),
    [
        (entry(1), {}, prune.GONE),
        (entry(1), {"existing": [1]}, prune.USED),
        (entry(1), {"wanted": [1]}, prune.WANTED),
        (entry(1, age=None), {}, prune.GONE),
        # By age: the entry's own making and the newest volume, whichever is later.
        (entry(1, 40 * DAY), {"existing": [1], "age": 30 * DAY}, prune.AGE),
        (entry(1, 29 * DAY), {"existing": [1], "age": 30 * DAY}, prune.USED),
        (entry(1, 40 * DAY), {"existing": [1], "age": 30 * DAY, "volumes": {1: DAY}}, prune.USED),
        (entry(1, 40 * DAY), {"existing": [1], "age": 30 * DAY, "volumes": {1: 35 * DAY}}, prune.AGE),
        (entry(1, 40 * DAY), {"wanted": [1], "age": 30 * DAY}, prune.WANTED),
        (entry(1, age=None), {"existing": [1], "age": DAY}, prune.USED),
        (entry(1, age=None), {"existing": [1], "age": DAY, "volumes": {1: 2 * DAY}}, prune.AGE),
        # Staged files: of a run that may live they stay, also when the image is gone.
        (entry(1, 600, "eic-stage-"), {}, prune.ALIVE),
        (entry(1, None, "eic-stage-"), {}, prune.ALIVE),
        (entry(1, 2 * HOUR, "eic-stage-"), {}, prune.GONE),
        (entry(1, 2 * HOUR, "eic-stage-"), {"existing": [1]}, prune.USED),
        (entry(1, 40 * DAY, "eic-stage-"), {"existing": [1], "age": 30 * DAY}, prune.AGE),
        (entry(1, 2 * HOUR, "eic-stage-"), {"written": [("a", f"eic-stage-{uuid(1)}")]}, prune.ALIVE),
        # Unfinished copies, whose names tell no image.
        (copy(600), {}, prune.ALIVE),
        (copy(2 * HOUR), {}, prune.LEFTOVER),
        (copy(2 * HOUR), {"written": [("a", COPY)]}, prune.ALIVE),
        (copy(2 * HOUR), {"written": [("b", COPY)]}, prune.LEFTOVER),
        (copy(None), {}, prune.ALIVE),
    ],
)
def test_reasons(found, facts, why):
    assert judge([found], **facts) == [why]


@pytest.mark.parametrize(
    ("rules", "facts", "gone"),
    [
        ({}, {}, []),
        ({"budget_count": 3}, {}, []),
        ({"budget_count": 2}, {}, [1]),
        ({"budget_count": 0}, {}, [1, 2, 3]),
        ({"budget_bytes": 2 * GIB}, {}, [1]),
        ({"budget_bytes": 2 * GIB - 1}, {}, [1, 2]),
        # A volume of image 1 anywhere makes it the one used last.
        ({"budget_count": 2}, {"volumes": {1: 60}}, [2]),
        ({"budget_count": 1}, {"wanted": [1]}, [2, 3]),
        ({"budget_count": 0}, {"wanted": [1, 2, 3]}, []),
        # What goes for another reason has left the budget already.
        ({"budget_count": 2, "age": 2.5 * DAY}, {}, [1]),
    ],
)
def test_budget(rules, facts, gone):
    found = [entry(1, 3 * DAY), entry(2, 2 * DAY), entry(3, DAY)]
    wanted = facts.get("wanted", [])
    whys = judge(found, **{"existing": {1, 2, 3} - set(wanted), **facts, **rules})
    assert [number for number, why in zip((1, 2, 3), whys) if why in (prune.BUDGET, prune.AGE)] == gone


def test_budget_is_per_flexvol_and_not_for_staged_files():
    found = [
        entry(1),
        entry(1, flexvol=B),
        entry(2, flexvol=B, age=HOUR),
        entry(3, 2 * HOUR, "eic-stage-", flexvol=B),
    ]
    assert judge(found, existing=[1, 2, 3], budget_count=1) == ["used", "budget", "used", "used"]


def test_an_entry_without_any_record_goes_last():
    found = [entry(1, None), entry(2, DAY)]
    assert judge(found, existing=[1, 2], budget_count=1) == ["used", "budget"]


def test_rules():
    assert prune.rules_of(None, None, None) == prune.Rules()
    assert not prune.Rules().need_use
    assert prune.rules_of(1, 2, 3) == prune.Rules(DAY, 2 * GIB, 3)
    assert prune.rules_of(None, None, 0).need_use
