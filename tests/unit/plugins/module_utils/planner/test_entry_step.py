# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what lies in a FlexVol to the next action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import entry_step
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner.facts import (
    CACHE_CLONE,
    DOWNLOAD,
    IMAGE_CLONE,
    Decision,
    Entry,
    FlexVol,
    Image,
    Source,
    Wanted,
)

IMAGE = Image("i1", "debian", disk_format="raw", container_format="bare", size=10)
GOOD = Entry("eic-stage-i1", 10, 7, 7, "0660")
FOREIGN = replace(GOOD, owner=0)
HALF = replace(GOOD, size=4)
SECURE = Wanted(owner_uid=7, owner_gid=7, mode="0660")
FREE = Wanted()
HAVE = Decision(CACHE_CLONE, entry_usable=True)
BRING = Decision(IMAGE_CLONE, source=Source(FlexVol("c", "s", "v", "u"), "glance/i1"))
NEVER = Decision(DOWNLOAD)


@pytest.mark.parametrize(
    ("entry", "staged", "decision", "wanted", "action", "discard", "replaces"),
    [
        (GOOD, None, HAVE, SECURE, "keep", False, False),
        (GOOD, GOOD, HAVE, SECURE, "tidy", False, False),
        (GOOD, HALF, HAVE, FREE, "tidy", False, False),
        (None, GOOD, BRING, SECURE, "publish", False, False),
        (None, GOOD, NEVER, SECURE, "publish", False, False),
        (None, FOREIGN, BRING, SECURE, "await_owner", False, False),
        (None, FOREIGN, BRING, FREE, "publish", False, False),
        (HALF, GOOD, BRING, SECURE, "publish", False, True),
        (None, HALF, BRING, SECURE, "stage", True, False),
        (None, None, BRING, SECURE, "stage", False, False),
        (FOREIGN, None, BRING, SECURE, "stage", False, True),
        (None, None, BRING, FREE, "make", False, False),
        (HALF, None, BRING, FREE, "make", False, True),
        (None, None, NEVER, FREE, "impossible", False, False),
    ],
)
def test_step(entry, staged, decision, wanted, action, discard, replaces):
    found = entry_step.next_step(IMAGE, entry, staged, decision, wanted)
    assert (found.action, found.discard_staged, found.replaces) == (action, discard, replaces)
