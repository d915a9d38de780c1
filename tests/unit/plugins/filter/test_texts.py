# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names as an operator gives them."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter.texts import texts


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["db backup", "a, b"], ["db backup", "a, b"]),
        ("db backup", ["db backup"]),
        ("web-1\nweb-2\n", ["web-1", "web-2"]),
        (" web-1 ,\r\n web-2,,", ["web-1", "web-2"]),
        (" ", []),
        ("", []),
        (None, []),
        # AWX's answers that look like numbers come as such.
        (123, ["123"]),
        ([1, "b"], ["1", "b"]),
        ([], []),
        (["", None, "a"], ["a"]),
        ([["a", "b"], "c"], ["a", "b", "c"]),
    ],
)
def test_texts(given, found):
    assert texts(given) == found
