# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import deployment

A, B = "ontap_nfs#192.0.2.11:/cinder_a", "ontap_nfs#192.0.2.12:/cinder_b"


def pool(name, timestamp="2026-01-01T00:00:10"):
    return SimpleNamespace(name=f"host@{name}", capabilities={"timestamp": timestamp})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], ["admin", "service"]),
        (["Service", "member"], ["admin"]),
        (["admin", "service"], []),
    ],
)
def test_missing_roles(found, expected):
    assert deployment.missing_roles(["admin", "service"], found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], [{"exists": False}]),
        ([{"name": "enhanced", "extra_specs": {"a": "1", "more": "x"}}], []),
        ([{"name": "enhanced", "extra_specs": {"a": "2"}}], [{"exists": True}]),
        ([{"name": "enhanced"}], [{"exists": True}]),
    ],
)
def test_volume_types_that_differ(found, expected):
    wanted = {"type": "enhanced", "specs": {"a": 1}}
    assert deployment.differing_types([wanted], found) == [{**wanted, **one} for one in expected]


@pytest.mark.parametrize(
    ("pools", "since", "expected"),
    [
        ([], "", [A, B]),
        ([pool(A), pool(B)], "", []),
        ([pool(A), pool(B)], "2026-01-01T00:00:10", []),
        ([pool(A), pool(B, "2026-01-01T00:00:09")], "2026-01-01T00:00:10", [B]),
        ([pool(A), SimpleNamespace(name=f"h@{B}", capabilities={})], "", []),
    ],
)
def test_pools_that_cinder_lacks(pools, since, expected):
    assert deployment.lacking_pools([A, B], pools, since) == expected


SERVICES = [{"host": "one@nfs", "state": "up"}, {"host": "two@nfs", "state": "down"}]


@pytest.mark.parametrize(
    ("backends", "hosts", "expected"),
    [
        (["nfs"], [], []),
        (["nfs", "san"], [], ["san"]),
        (["nfs"], ["one"], []),
        (["nfs"], ["one", "two"], ["two@nfs"]),
    ],
)
def test_backends_that_are_down(backends, hosts, expected):
    assert deployment.down_backends(backends, SERVICES, hosts) == expected


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (["2026-01-01T00:00:09.000000"], [True]),
        ([None, "2026-01-01T00:00:12.000000"], [True, True]),
        # Twice at its start, then a heartbeat.
        (["2026-01-01T00:00:11.0", "2026-01-01T00:00:11.9", "2026-01-01T00:00:22.0"], [True, True, False]),
        (["2026-01-01T00:00:09", "2026-01-01T00:00:15", "2026-01-01T00:00:15"], [True, True, True]),
        (["2026-01-01T00:00:15", "2026-01-01T00:00:20"], [True, False]),
    ],
)
def test_services_of_a_cluster_count_with_a_heartbeat(looks, expected):
    first = {}
    found = [
        deployment.silent_services(
            ["two@nfs"],
            [
                {"host": "one@nfs", "updated_at": "2026-01-01T00:01:00"},
                {"host": "two@nfs", "updated_at": look},
            ],
            "2026-01-01T00:00:10",
            first,
        )
        for look in looks
    ]
    assert found == [["two@nfs"] if silent else [] for silent in expected]
    assert deployment.silent_services(["none@nfs"], [], "2026-01-01T00:00:10", {}) == ["none@nfs"]


def test_volumes_of_other_hosts_do_not_count():
    volumes = [{"id": 1, "host": "one@nfs#x"}, {"id": 2, "host": "two@nfs#x"}, {"id": 3, "host": ""}]
    assert [one["id"] for one in deployment.busy_volumes(volumes, ["one"])] == [1]
    assert [one["id"] for one in deployment.busy_volumes(volumes, [])] == [1, 2]
