# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    operator_variables as operator,
)

ROOT = Path(__file__).parents[5]
PAGE = ROOT / "docs" / "variables.md"
# What the playbooks and AWX make of that name, and marks of volumes and volume types.
OTHERS = {"instances", "summary", "cache", "pruned", "removed", "findings", "job_", "pool", "throwaway"} | {
    "ontap_file",
    "locations_file",
}


def used():
    """{name without prefix} in all that an operator runs."""
    found = set()
    for folder in ("playbooks", "roles", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".yml", ".md", ".j2"):
                found |= set(re.findall(r"enhanced_instance_([a-z_]+)", path.read_text(encoding="utf-8")))
    return found - OTHERS


def test_every_variable_is_listed_and_used():
    assert {operator.PREFIX + name for name in used()} == set(operator.VARIABLES)


def test_the_page_is_made_of_the_list():
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index("\n## ") :].strip() == "\n".join(operator.page()).strip()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("clients", {"glance": "192.0.2.1"}, "glance is '192.0.2.1'; it must be a list"),
        (
            "clients",
            {"glance": ["192.0.2.500"]},
            "glance has an item that is '192.0.2.500', which is no address",
        ),
        ("clients", {"nova": ["192.0.2.0/24", "fe80::1", "host.example.com", "@hosts"]}, None),
        ("clients", ["192.0.2.1"], "is a list; it must be key: value pairs"),
        ("copy_peers", "svm2", "is 'svm2'; it must be a list"),
        ("copy_peers", ["svm2", 3], "has an item that is 3; it must be text"),
        ("admin_cloud", 5, "is 5; it must name a cloud"),
        ("admin_cloud", {"auth": {}}, None),
        ("locations_password", 12345, "is not text; write it in quotes"),
        ("ontap", {"hostname": "x", "password": "hidden"}, "must be a list of key: value pairs, with a dash"),
        ("ontap", [{"vserver": "svm1"}], "has an item whose hostname is missing"),
        ("ontap", [{"hostname": "a", "password": ["hidden"]}], "has an item whose password is not text"),
        ("flexvols", [None], "must be a list of key: value pairs, with a dash"),
        ("flexvols", [{"name": "a", "size": 0}], "has an item whose size is 0; it must be 1 or more"),
        ("flexvols", [{"name": "a", "lif": "192.0.2.11", "size": "100", "snapshots": 1}], None),
        ("flexvols", [{"name": "a", "lif": "[fe80::2]"}], None),
        (
            "backends",
            [{"name": "a", "protocol": "nvme"}],
            "protocol is 'nvme'; it must be one of nfs, iscsi, fc",
        ),
        (
            "backends",
            [{"name": "a", "connection": "hidden"}],
            "connection is text; it must be key: value pairs",
        ),
        ("backend", ["a"], "is a list; it must be text"),
        ("count", "six", "is 'six'; it must be a whole number"),
        ("count", "-1", "is '-1'; it must be a whole number"),
        ("count", "0", "it must be 1 or more"),
        ("count", "6", None),
        ("count", "", None),
        ("cinder_uid", 0, None),
        ("prune", "perhaps", "is 'perhaps'; it must be true or false"),
        ("prune", "yes", None),
        ("become", False, None),
        ("download", "ask", "is 'ask'; it must be one of allow, warn, refuse"),
        ("names", "a,b", None),
        ("names", ["a", "b"], None),
        ("names", [1], "must be a list of texts, or one text with commas"),
        ("images_where", "golden", "is text; it must be key: value pairs"),
        ("internal_quota", {"volumes": "many"}, "volumes is 'many'; it must be a whole number"),
        ("report", ["x"], "is a list; it must be text"),
        ("ontap", None, None),
        ("flexvol", [], "is not known; it must be enhanced_instance_flexvols"),
        ("mine", 1, None),
        ("instances", [{}], None),
    ],
)
def test_forms(name, value, said):
    found = operator.problems({operator.PREFIX + name: value})
    assert len(found) == (0 if said is None else 1), found
    assert (said or "") in " ".join(found)
    assert "hidden" not in " ".join(found)


def test_each_playbook_reads_variables_that_are_listed():
    listed = {name.removeprefix(operator.PREFIX) for name in operator.VARIABLES}
    assert {name for names in operator.USES.values() for name in names} == listed
    assert operator.used_by("remove_instance", ["enhanced_instance_ontap", "enhanced_instance_names"]) == [
        "enhanced_instance_names"
    ]


def test_what_is_not_looked_at_is_not_judged():
    found = operator.problems({}, (), ["enhanced_instance_flexvol", "enhanced_instance_ontap", "mine"])
    assert found == ["enhanced_instance_flexvol is not known; it must be enhanced_instance_flexvols."]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {},
            ["enhanced_instance_names or enhanced_instance_count is missing; give one of them (names"],
        ),
        ({"enhanced_instance_count": ""}, ["is missing"]),
        ({"enhanced_instance_count": 2}, []),
        ({"enhanced_instance_names": []}, ["is missing"]),
    ],
)
def test_what_is_needed(given, said):
    found = operator.problems(given, ["enhanced_instance_names or enhanced_instance_count"])
    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))
