# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs to a verdict; never one sign alone."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.verdict import (
    Signs,
    judge,
)


@pytest.mark.parametrize(
    ("signs", "verdict", "path"),
    [
        (Signs(entry_before=True, used=100, unique=0, signature=False), "clone", "cache_clone"),
        (Signs(entry_before=True, signature=False), "clone", "cache_clone"),
        (Signs(entry_before=True, used=100, unique=0), "clone", "cache_clone"),
        (Signs(entry_before=False, direct=True, used=100, unique=0, signature=False), "clone", "image_clone"),
        (Signs(entry_before=False, used=100, unique=100, signature=True), "download", "download"),
        # the driver registers what it downloaded as an entry, so the blocks are shared all the same
        (Signs(entry_before=False, used=100, unique=0, signature=True), "download", "download"),
        # an entry that could not be used (wrong owner) does not hide a download
        (Signs(entry_before=True, used=100, unique=100, signature=True), "download", "download"),
        (Signs(entry_before=False, used=100, unique=0, signature=False), "inconclusive", None),
        (Signs(entry_before=True), "inconclusive", None),
        (Signs(signature=False), "inconclusive", None),
        (Signs(signature=True), "inconclusive", None),
        (Signs(used=100, unique=0), "inconclusive", None),
        (Signs(used=0, unique=0, entry_before=True), "inconclusive", None),
        (Signs(), "inconclusive", None),
    ],
)
def test_judge(signs, verdict, path):
    found = judge(signs)
    assert (found.verdict, found.path) == (verdict, path)
    assert found.why
