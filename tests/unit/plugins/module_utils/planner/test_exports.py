# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import exports


def rule(index, clients, superuser="sys", rw="sys", ro="sys", protocols=("nfs",)):
    return {
        "index": index,
        "clients": [{"match": client} for client in clients],
        "protocols": list(protocols),
        "ro_rule": [ro],
        "rw_rule": [rw],
        "superuser": [superuser],
        "anonymous_user": "65534",
    }


def summary(steps):
    return [(step["action"], step["index"], step["rule"]["clients"]) for step in steps]


CLIENTS = {"cinder": ["192.0.2.1"], "glance": ["192.0.2.2"], "nova": ["192.0.2.64/26"]}
WANTED = exports.wanted_rules(CLIENTS)
CINDER, GLANCE, NOVA = rule(1, ["192.0.2.1"]), rule(2, ["192.0.2.2"]), rule(3, ["192.0.2.64/26"], "none")


def test_wanted_rules_in_order_with_superuser_by_kind():
    assert [(entry["clients"], entry["superuser"]) for entry in WANTED] == [
        (["192.0.2.1"], ["sys"]),
        (["192.0.2.2"], ["sys"]),
        (["192.0.2.64/26"], ["none"]),
    ]


def test_an_address_counts_where_it_is_named_first():
    found = exports.wanted_rules({"nova": ["192.0.2.1", "192.0.2.3"], "cinder": ["192.0.2.1", " 192.0.2.1"]})
    assert [entry["clients"] for entry in found] == [["192.0.2.1"], ["192.0.2.3"]]


def test_read_only_is_one_rule_without_write_access():
    (found,) = exports.wanted_rules(CLIENTS, read_only=True)
    assert found["clients"] == ["192.0.2.1", "192.0.2.2", "192.0.2.64/26"]
    assert (found["ro_rule"], found["rw_rule"], found["superuser"]) == (["sys"], ["never"], ["none"])


@pytest.mark.parametrize("clients", [{}, {"cinder": None}, {"cinder": [""]}])
def test_no_clients_no_rules(clients):
    assert exports.wanted_rules(clients) == []
    assert exports.wanted_rules(clients, read_only=True) == []


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="compute; known are cinder, glance, nova"):
        exports.wanted_rules({"compute": ["192.0.2.1"]})


OPEN = rule(1, ["0.0.0.0/0"], "any", "any", "any", ["any"])
READ = rule(1, ["0.0.0.0/0"], "none", "never", "any")


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        pytest.param([CINDER, GLANCE, NOVA], [], id="all there"),
        pytest.param([NOVA, GLANCE, CINDER], [], id="order of disjoint rules does not matter"),
        pytest.param([OPEN], [], id="a wider rule admits everybody"),
        pytest.param(
            [],
            [
                ("add", None, ["192.0.2.1"]),
                ("add", None, ["192.0.2.2"]),
                ("add", None, ["192.0.2.64/26"]),
            ],
            id="nothing there",
        ),
        pytest.param([CINDER, NOVA], [("add", None, ["192.0.2.2"])], id="one removed"),
        pytest.param(
            [CINDER, rule(2, ["192.0.2.2"], "none"), NOVA],
            [("change", 2, ["192.0.2.2"])],
            id="one edited",
        ),
        pytest.param(
            [READ],
            [
                ("blocked", 1, ["192.0.2.1"]),
                ("blocked", 1, ["192.0.2.2"]),
                ("blocked", 1, ["192.0.2.64/26"]),
            ],
            id="a wider rule with fewer rights comes first",
        ),
        pytest.param(
            [CINDER, GLANCE, NOVA, rule(4, ["198.51.100.7"])],
            [],
            id="others' rules stay",
        ),
    ],
)
def test_adding(current, expected):
    assert summary(exports.steps(current, WANTED)) == expected


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        pytest.param([CINDER, GLANCE, NOVA], [], id="all there"),
        pytest.param([NOVA, CINDER, GLANCE], [], id="listed in another order than their index"),
        pytest.param(
            [CINDER, GLANCE, rule(3, ["198.51.100.7"]), dict(NOVA, index=4)],
            [("remove", 3, ["198.51.100.7"])],
            id="one too many in between",
        ),
        pytest.param(
            [rule(1, ["192.0.2.9"]), GLANCE, NOVA],
            [
                ("remove", 3, ["192.0.2.64/26"]),
                ("remove", 2, ["192.0.2.2"]),
                ("remove", 1, ["192.0.2.9"]),
                ("add", None, ["192.0.2.1"]),
                ("add", None, ["192.0.2.2"]),
                ("add", None, ["192.0.2.64/26"]),
            ],
            id="identical rules cannot be there twice, so they go first",
        ),
        pytest.param(
            [CINDER, GLANCE, rule(3, ["192.0.2.64/27"], "none")],
            [("change", 3, ["192.0.2.64/26"])],
            id="changed in place",
        ),
        pytest.param(
            [CINDER],
            [("add", None, ["192.0.2.2"]), ("add", None, ["192.0.2.64/26"])],
            id="the rest is added",
        ),
        pytest.param(
            [CINDER, GLANCE, NOVA, rule(4, ["a"]), rule(5, ["b"])],
            [("remove", 5, ["b"]), ("remove", 4, ["a"])],
            id="removed from the end, so that indexes hold",
        ),
    ],
)
def test_exact(current, expected):
    assert summary(exports.steps(current, WANTED, exact=True)) == expected


@pytest.mark.parametrize(
    ("match", "client", "expected"),
    [
        ("0.0.0.0/0", "192.0.2.1", True),
        ("192.0.2.0/24", "192.0.2.64/26", True),
        ("192.0.2.64/26", "192.0.2.0/24", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "192.0.2.1", False),
        ("@computes", "192.0.2.1", False),
        ("@computes", "@computes", True),
    ],
)
def test_covers(match, client, expected):
    steps = exports.steps([rule(1, [match, "x"])], [dict(WANTED[0], clients=[client, "x"])])
    assert (steps == []) is expected


def test_texts_name_policy_index_and_clients():
    (step,) = exports.steps([CINDER, rule(2, ["192.0.2.2"], "none"), NOVA], WANTED, policy="openstack")
    assert step["text"] == "export policy openstack: change rule 2 for 192.0.2.2 (rw=sys superuser=sys)"


@pytest.mark.parametrize(
    ("now", "wanted", "exact", "expected"),
    [
        ("65534", "", True, []),
        ("65534", "42407", True, [("change", 1)]),
        ("65534", "42407", False, [("change", 1)]),
        ("42407", "42407", True, []),
        ("", "42407", True, []),  # an ONTAP that does not tell it
    ],
)
def test_the_anonymous_user_is_compared_where_it_is_asked_for(now, wanted, exact, expected):
    current = dict(rule(1, ["192.0.2.1"]), anonymous_user=now)
    asked = exports.wanted_rules({"cinder": ["192.0.2.1"]}, anonymous=wanted)
    found = exports.steps([current], asked, exact=exact)
    assert [(step["action"], step["index"]) for step in found] == expected
    assert all(step["rule"]["anonymous_user"] == wanted for step in found)


@pytest.mark.parametrize(("anonymous", "more"), [("", {}), ("42407", {"anonymous_user": "42407"})])
def test_a_new_policy_is_made_with_its_rules(anonymous, more):
    added = exports.steps([], exports.wanted_rules({"nova": ["192.0.2.3", "192.0.2.4"]}, anonymous=anonymous))
    assert exports.new_policy("svm1", "openstack", added) == {
        "svm": {"name": "svm1"},
        "name": "openstack",
        "rules": [
            {
                "clients": [{"match": "192.0.2.3"}, {"match": "192.0.2.4"}],
                "protocols": ["nfs"],
                "ro_rule": ["sys"],
                "rw_rule": ["sys"],
                "superuser": ["none"],
                **more,
            }
        ],
    }
