# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an instance that exists is held against, as a table: (asked for, found, what differs)."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    instance_facts,
    mismatch,
)

Server, Target, Volume = instance_facts.Server, instance_facts.Target, instance_facts.Volume

VOLUME = Volume("v1", "in-use", 2, "fast", "img")


@pytest.mark.parametrize(
    ("asked", "found", "differs"),
    [
        ({}, {}, []),
        # what was not asked for is not compared
        ({}, {"key_name": "k", "networks": frozenset("n"), "description": "d", "tags": frozenset("t")}, []),
        ({"flavor_id": "f2"}, {}, ["flavor f1 and not large"]),
        ({"image_id": "other"}, {}, ["image debian and not other"]),
        ({"volume_type": "slow"}, {}, ["volume type fast and not slow"]),
        ({"volume_gib": 4}, {}, []),
        ({"volume_gib": 4, "size_asked": True}, {}, ["volume size 2 GiB and not 4 GiB"]),
        ({"key_name": "k"}, {}, ["key none and not k"]),
        ({"key_name": "k"}, {"key_name": "k"}, []),
        ({"networks": frozenset("ab")}, {"networks": frozenset("ac")}, ["networks a, c and not a, b"]),
        ({"networks": frozenset("ab")}, {}, []),  # no address yet
        (
            {"security_groups": frozenset(["web"])},
            {"security_groups": frozenset(["default"])},
            ["security groups default and not web"],
        ),
        ({"availability_zone": "z1"}, {"availability_zone": "z2"}, ["availability zone z2 and not z1"]),
        ({"availability_zone": "z1"}, {}, []),  # never scheduled
        ({"config_drive": True}, {}, ["config drive no and not yes"]),
        ({"description": "a"}, {"description": "b"}, ["description b and not a"]),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": "1", "b": "2"}}, []),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": "2"}}, ["metadata a 2 and not 1"]),
        ({"tags": frozenset("ab")}, {"tags": frozenset("abc")}, []),
        ({"tags": frozenset("ab")}, {"tags": frozenset("a")}, ["tags a and not a, b"]),
    ],
)
def test_server(asked, found, differs):
    target = Target(
        **{
            "image_id": "img",
            "flavor_id": "f1",
            "volume_gib": 2,
            "names": {"f2": "large", "img": "debian"},
            **asked,
        }
    )
    server = Server(**{"id": "s1", "status": "ACTIVE", "flavor_id": "f1", **found})
    assert [str(one) for one in mismatch.of_server(target, server, VOLUME)] == differs
