# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import svm

GIB = 1024**3
CLIENTS = {"cinder": ["192.0.2.1"], "glance": ["192.0.2.2"]}


def volume(name, path=None, policy="openstack", size=20, **more):
    nas = {"export_policy": {"name": policy}}
    if path:
        nas["path"] = path
    record = {
        "name": name,
        "state": "online",
        "style": "flexvol",
        "type": "rw",
        "space": {"size": size * GIB},
        "nas": nas,
    }
    return dict(record, **more)


def read(volumes=(), version=(9, 14, 1), policies=None, lifs=("192.0.2.11",)):
    policies = {"default": []} if policies is None else policies
    return {
        "cluster": {"version": dict(zip(("generation", "major", "minor"), version, strict=True))},
        "storage_volumes": {"records": [volume("root", "/", "default"), *volumes]},
        "protocols_nfs_export_policies": {
            "records": [
                {"name": name, "svm": {"name": "s"}, "rules": rules} for name, rules in policies.items()
            ]
            + [{"name": "openstack", "svm": {"name": "another"}, "rules": [{"index": 1}]}]
        },
        "network_ip_interfaces": {
            "records": [{"ip": {"address": lif}, "svm": {"name": "s"}, "state": "up"} for lif in lifs]
            + [{"ip": {"address": "192.0.2.99"}}]
        },
    }


def plan(found, flexvols, **more):
    wanted = {"vserver": "s", "flexvols": flexvols, "clients": CLIENTS, "export_policy": "openstack"}
    return svm.plan(found, svm.Wanted(**{**wanted, **more}))


MADE = {"name": "a", "aggregate": "aggr1", "size": 20, "lif": "192.0.2.11", "glance_directory": "glance"}


def test_a_plain_svm_lacks_everything():
    found = plan(read(), [MADE])
    assert found["problems"] == []
    assert found["policies"] == ["openstack"]
    assert [(step["policy"], step["action"]) for step in found["rules"]] == [
        ("openstack", "add"),
        ("openstack", "add"),
        ("default", "add"),
    ]
    assert [(item["name"], item["size"], item["exists"]) for item in found["flexvols"]] == [("a", 20, False)]
    assert found["directories"] == [{"volume": "a", "path": "glance", "volume_exists": False}]
    assert "make FlexVol a of 20 GiB on aggr1" in found["texts"]


def rules_of(clients, **more):
    rules = svm.exports.wanted_rules(clients, **more)
    return [
        dict(rule, index=index, clients=[{"match": client} for client in rule["clients"]])
        for index, rule in enumerate(rules, 1)
    ]


def test_a_converged_svm_lacks_nothing():
    policies = {"openstack": rules_of(CLIENTS), "default": rules_of(CLIENTS, read_only=True)}
    found = plan(read([volume("a", "/a")], policies=policies), [MADE])
    assert (found["problems"], found["policies"], found["rules"], found["texts"]) == ([], [], [], [])
    assert found["flexvols"][0]["size"] is None


@pytest.mark.parametrize(("size", "expected"), [(10, 20), (20, None), (500, None)])
def test_a_flexvol_grows_and_never_shrinks(size, expected):
    found = plan(read([volume("a", "/a", size=size)]), [MADE])
    assert found["flexvols"][0]["size"] == expected


def test_an_adopted_flexvol_keeps_its_policy_which_is_added_to():
    found = plan(
        read([volume("old", "/old", "legacy")], policies={"default": [], "legacy": []}), [{"name": "old"}]
    )
    assert found["flexvols"] == []
    assert found["policies"] == []
    assert {step["policy"] for step in found["rules"]} == {"legacy", "default"}


def test_the_root_volume_under_the_same_policy_needs_no_rule_of_its_own():
    found = plan(
        read([volume("old", "/old", "default")]),
        [{"name": "old"}],
    )
    assert [step["rule"]["rw_rule"] for step in found["rules"]] == [["sys"], ["sys"]]


@pytest.mark.parametrize(
    ("found", "flexvols", "sentence"),
    [
        (
            read(version=(9, 10, 1)),
            [MADE],
            "ONTAP is 9.10.1, but Cinder's driver speaks REST from 9.11.1 on; upgrade the cluster",
        ),
        (
            read(),
            [{"name": "x"}],
            "FlexVol x does not exist; name an aggregate and a size if it is to be made",
        ),
        (
            read(),
            [{"name": "x", "aggregate": "aggr1"}],
            "FlexVol x is to be made, but no size is given; name its size in GiB",
        ),
        (
            read([volume("a", "/data/a")]),
            [MADE],
            "FlexVol a has the junction path /data/a, but Cinder's driver finds it only at /a; "
            "move its junction there",
        ),
        (
            read([volume("a")]),
            [{"name": "a"}],
            "FlexVol a has the junction path none, but Cinder's driver finds it only at /a; "
            "move its junction there",
        ),
        (
            read([volume("a", "/a", style="flexgroup")]),
            [MADE],
            "FlexVol a is a flexgroup, in which files cannot be cloned or copied; name a FlexVol",
        ),
        (
            read([volume("a", "/a", type="dp")]),
            [MADE],
            "FlexVol a is dp and online; it must be rw and online",
        ),
        (
            read(lifs=["192.0.2.12", "192.0.2.13"]),
            [MADE],
            "FlexVol a: SVM s has no LIF 192.0.2.11; its LIFs are 192.0.2.12, 192.0.2.13",
        ),
        (
            read(),
            [MADE, dict(MADE, name="b")],
            "FlexVols a, b all name a glance_directory; keep it at the one that holds the images",
        ),
    ],
)
def test_problems(found, flexvols, sentence):
    assert sentence in plan(found, flexvols)["problems"]


def test_a_blocked_client_is_a_problem_and_not_a_step():
    narrow = [{"index": 1, "clients": [{"match": "192.0.2.0/24"}], "protocols": ["any"]}]
    narrow[0].update(ro_rule=["any"], rw_rule=["never"], superuser=["none"])
    found = plan(
        read([volume("a", "/a", "legacy")], policies={"legacy": narrow, "default": narrow}), [{"name": "a"}]
    )
    assert len(found["problems"]) == 2
    assert found["problems"][0].startswith("export policy legacy: rule 1 catches 192.0.2.1 with fewer rights")
    assert found["rules"] == []


def test_an_invisible_svm_is_a_problem():
    found = plan(dict(read(), storage_volumes={"records": []}), [MADE])
    assert any(problem.startswith("no volume of SVM s can be seen") for problem in found["problems"])
