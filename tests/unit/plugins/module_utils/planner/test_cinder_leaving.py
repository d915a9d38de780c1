# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    cinder_leaving,
)

SCHEMES = "DEFAULT/allowed_direct_url_schemes"
IDS = ["DEFAULT/cinder_internal_tenant_project_id", "DEFAULT/cinder_internal_tenant_user_id"]
TENANT = {name: ["a" * 32] for name in IDS}
URL = "etcd3+http://192.0.2.5:2379"


@pytest.mark.parametrize(
    ("deployed", "before", "expected"),
    [
        ({}, {}, ({}, [])),
        ({SCHEMES: ["cinder"], **TENANT}, {}, ({}, [*IDS, SCHEMES])),
        ({SCHEMES: ["file,cinder"], **TENANT}, {SCHEMES: ["file"], **TENANT}, ("file", [])),
        ({SCHEMES: ["file, cinder"]}, {SCHEMES: ["cinder"]}, ({}, [])),
        # Without the copy nobody knows whose they are.
        ({SCHEMES: ["cinder"], **TENANT}, None, ({}, [])),
        (
            {"DEFAULT/cluster": ["one"], "coordination/backend_url": [URL]},
            {},
            ({}, ["DEFAULT/cluster", "coordination/backend_url"]),
        ),
        ({"DEFAULT/cluster": ["another"]}, {}, ({}, [])),
        ({"DEFAULT/cluster": ["one"]}, {"DEFAULT/cluster": ["one"]}, ({}, [])),
    ],
)
def test_what_goes_and_what_stays(deployed, before, expected):
    found = cinder_leaving.leaving(deployed, before, {"cluster": "one", "coordination_url": URL})
    left, removed = expected
    assert found["remove"] == removed
    assert found["set"] == ({"DEFAULT": {"allowed_direct_url_schemes": left}} if left else {})
