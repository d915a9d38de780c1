# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Nova refuses by its schemas, as a table."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import nova_rules

LONG = "x" * 256


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["web-1", "der Dienst (ä)", "a\u00a0b"], {}, None),
        (["web-1", " web-2"], {}, "The name ' web-2' begins or ends with a blank"),
        (["web-1 "], {}, "begins or ends with a blank"),
        (["web\n1"], {}, "cannot be printed"),
        ([LONG], {}, "The name 'xxxxxxxxxxxxxxxxxxxx'... has 256 letters"),
        (["x" * 255], {"description": "y" * 255, "tags": ["z" * 60], "metadata": {"k": "v"}}, None),
        ([], {"description": LONG}, "The description"),
        ([], {"metadata": {LONG: "v"}}, "The metadata key"),
        ([], {"metadata": {"k": LONG}}, "The metadata k 'x"),
        ([], {"tags": ["a,b"]}, "'a,b' is no tag"),
        ([], {"tags": ["a/b"]}, "'a/b' is no tag"),
        ([], {"tags": ["z" * 61]}, "is no tag"),
        ([], {"tags": [""]}, "'' is no tag"),
        ([], {"tags": [str(number) for number in range(51)]}, "tags holds 51 tags"),
        ([], {"user_data": "x" * 65532}, None),
        ([], {"user_data": "x" * 65536}, "userdata has 49152 bytes and Nova takes 49149"),
        ([], {"description": None, "metadata": {}, "tags": None, "user_data": None}, None),
    ],
)
def test_fault(names, options, said):
    found = nova_rules.fault(names, options)
    assert found is None if said is None else said in found[0] and found[1]
