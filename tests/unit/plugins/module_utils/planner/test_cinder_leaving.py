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
    assert found["secrets"] == {}


def section(name, **options):
    return {f"{name}/{key}": [value] for key, value in options.items()}


OURS = {"username": "reader", "password": "hidden", "auth_url": "http://k", "project_name": "service"}


@pytest.mark.parametrize(
    ("deployed", "before", "sections", "expected"),
    [
        pytest.param(
            section("glance", **OURS), {}, [], ({}, {}, ["glance"]), id="a section that deploy made goes"
        ),
        pytest.param(section("glance", **OURS), None, [], ({}, {}, ["glance"]), id="also without the copy"),
        pytest.param(
            section("service_user", **OURS),
            section("service_user", **OURS),
            ["service_user"],
            ({}, {}, []),
            id="Cinder's own user stays",
        ),
        pytest.param(
            section("glance", **OURS),
            section("glance", auth_url="http://k"),
            ["glance"],
            ({}, {}, ["glance/username", "glance/password", "glance/project_name"]),
            id="a section without a user keeps the rest",
        ),
        pytest.param(
            section("glance", **OURS),
            section("glance", username="old", password="older", auth_url="http://k"),
            ["glance"],
            ({"glance": {"username": "old"}}, {"glance": {"password": "older"}}, ["glance/project_name"]),
            id="another user comes back",
        ),
        pytest.param(
            section("glance", **{**OURS, "username": "other"}), {}, [], ({}, {}, []), id="somebody else's"
        ),
    ],
)
def test_the_user_of_image_locations(deployed, before, sections, expected):
    found = cinder_leaving.leaving(deployed, before, {}, sections, "reader")
    assert (found["set"], found["secrets"], found["remove"]) == expected


def test_a_user_with_a_sign_that_oslo_config_reads():
    deployed = section("glance", **{**OURS, "username": "read$$er"})
    assert cinder_leaving.leaving(deployed, {}, {}, [], "read$er")["remove"] == ["glance"]
