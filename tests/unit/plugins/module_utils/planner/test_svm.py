# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    flexvols,
    svm,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import (
    ontap_versions as versions,
)

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


def read(volumes=(), version=(9, 14, 1), policies=None, lifs=("192.0.2.11",), **more):
    policies = {"default": []} if policies is None else policies
    return {
        "version": list(version),
        "volumes": [volume("root", "/", "default"), *volumes],
        "policies": [{"name": name, "rules": rules} for name, rules in policies.items()],
        "interfaces": [
            {"ip": {"address": lif}, "svm": {"name": "s"}, "state": "up", "services": ["data_nfs"]}
            for lif in lifs
        ]
        + [{"ip": {"address": "192.0.2.99"}}],
        **more,
    }


def plan(found, flexvols, style=None, **more):
    wanted = {"vserver": "s", "flexvols": flexvols, "clients": CLIENTS, "style": svm.Style(**(style or {}))}
    return svm.plan(found, svm.Wanted(**{**wanted, **more}))


MADE = {"name": "a", "aggregate": "aggr1", "size": 20, "lif": "192.0.2.11", "glance_directory": "glance"}


def test_a_plain_svm_lacks_everything():
    found = plan(read(), [MADE])
    assert found["problems"] == []
    made = found["policies"][0]
    assert (len(found["policies"]), made["svm"], made["name"]) == (1, {"name": "s"}, "openstack")
    assert [(rule["clients"], rule["superuser"]) for rule in made["rules"]] == [
        ([{"match": match} for match in CLIENTS["cinder"]], ["sys"]),
        ([{"match": match} for match in CLIENTS["glance"]], ["sys"]),
    ]
    # The policy of the SVM's root volume is there, and only gets what it lacks.
    assert [(step["policy"], step["action"]) for step in found["rules"]] == [("default", "add")]
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
    there = read([volume("a", "/a")], policies=policies, directories={"a/glance": "directory"}, nfs=NFS)
    found = plan(there, [MADE], nfs=WANTED_NFS)
    assert not {name: value for name, value in found.items() if value}


NFS = {
    "enabled": True,
    "vstorage_enabled": True,
    "protocol": {"v3_enabled": True, "v40_enabled": True, "v41_enabled": True},
}
WANTED_NFS = {"v3": True, "v40": True, "v41": True, "vstorage": True}


@pytest.mark.parametrize(
    ("now", "differing"),
    [
        (None, ["make it"]),
        ({**NFS, "vstorage_enabled": False}, ["vstorage on"]),
        ({**NFS, "enabled": False}, ["enabled on"]),
        ({**NFS, "protocol": {**NFS["protocol"], "v40_enabled": False}}, ["v40 on"]),
    ],
)
def test_the_nfs_service_differs(now, differing):
    assert plan(read(nfs=now), [MADE], nfs=WANTED_NFS)["nfs"]["differing"] == differing


def test_a_backend_for_luns_needs_no_nfs_no_rules_and_no_junction():
    iscsi = {"name": "a", "aggregate": "aggr1", "size": 20, "protocol": "iscsi"}
    found = plan(read(), [iscsi], nfs=WANTED_NFS)
    assert found["nfs"] == {} and found["rules"] == [] and found["iscsi"]
    assert "junction_path" not in found["flexvols"][0]["options"]
    assert "no LIF with the service data_iscsi" in found["problems"][0]
    lif = {"ip": {"address": "192.0.2.31"}, "svm": {"name": "s"}, "services": ["data_iscsi"]}
    there = dict(read([volume("a")]), iscsi={"enabled": True}, interfaces=[lif])
    found = plan(there, [iscsi], nfs=WANTED_NFS)
    assert not {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(
    ("item", "there", "qtrees", "work", "problem"),
    [
        ({}, None, (), "directories", None),
        ({}, "directory", (), None, None),
        ({}, "file", (), None, "a/glance is a file, not a directory"),
        ({"glance_qtree": True}, None, (), "qtrees", None),
        ({"glance_qtree": True}, "directory", ("openstack_glance",), None, None),
        ({"glance_qtree": True}, "directory", ("other",), "qtrees", None),
        ({"glance_qtree": True}, "directory", (), None, "a qtree cannot take its place"),
        ({"glance_qtree": True, "glance_directory": "a/b"}, None, (), None, "without a slash"),
    ],
)
def test_glance_gets_a_directory_or_a_qtree(item, there, qtrees, work, problem):
    known = [
        {"name": "glance", "volume": {"name": "a"}, "export_policy": {"name": policy}} for policy in qtrees
    ]
    found = plan(
        read([volume("a", "/a")], directories={"a/glance": there}, qtrees=known),
        [{**MADE, **item}],
        glance_export_policy="openstack_glance",
    )
    assert [name for name in ("directories", "qtrees") if found[name]] == ([work] if work else [])
    assert (problem is None and not found["problems"]) or problem in found["problems"][0]


def test_a_peering_is_made_and_one_for_something_else_is_extended():
    found = plan(read(peers=[]), [MADE], copy_peers=["t", "s"])
    assert found["peers"] == ["t"]
    peer = {
        "uuid": "u",
        "svm": {"name": "t"},
        "peer": {"svm": {"name": "s"}},
        "applications": ["snapmirror"],
    }
    found = plan(read(peers=[peer]), [MADE], copy_peers=["t"])
    assert found["peers"] == [] and found["problems"] == []
    both = {"name": "t", "uuid": "u", "applications": ["snapmirror", "file_copy"]}
    assert found["peer_applications"] == [both]
    assert found["texts"][-1] == "add file_copy to the peering of SVM s with t (snapmirror until now)"
    found = plan(read(peers=[dict(peer, applications=["file_copy"])]), [MADE], copy_peers=["t"])
    assert found["peers"] == found["peer_applications"] == found["problems"] == []


@pytest.mark.parametrize(
    ("more", "style", "text"),
    [
        ({}, {}, ""),
        ({"nas": {"unix_permissions": 777}}, {}, "change unix permissions 777 to 755"),
        ({"nas": {"uid": 0, "gid": 0}}, {"owner_id": 5, "group_id": 6}, "user id 0 to 5, group id 0 to 6"),
        ({"guarantee": {"type": "volume"}}, {}, "change space guarantee volume to none"),
        ({"snapshot_policy": {"name": "default"}}, {}, "change snapshot policy default to none"),
        ({"snapshot_directory_access_enabled": True}, {}, "change snapdir access True to False"),
        ({"snapshot_directory_access_enabled": True}, {"snapshot_directory": None}, ""),
        ({"autosize": {"mode": "off"}}, {"autosize": "grow"}, "set autosize to grow"),
        ({"autosize": {"mode": "grow", "maximum": 9 * GIB}}, {"autosize": "grow"}, ""),
        (
            {"autosize": {"mode": "grow", "maximum": 9 * GIB}},
            {"autosize": "grow", "autosize_maximum": 8},
            "set autosize to grow",
        ),
        ({"efficiency": {"state": "enabled"}}, {"efficiency": False}, "switch efficiency off"),
        ({"efficiency": {"state": "-"}}, {"efficiency": True}, ""),
    ],
)
def test_drift_of_a_flexvol_of_ours_is_mended(more, style, text):
    record = volume("a", "/a")
    record["nas"].update(more.pop("nas", {}))
    found = flexvols.made(MADE, {**record, **more}, svm.Style(**style))
    assert text in found["text"] and bool(text) == bool(found["text"])


def test_an_adopted_flexvol_that_cinder_cannot_write_to_is_noted():
    record = volume("old", "/old", "legacy")
    record["nas"].update(uid=0, unix_permissions=755, security_style="mixed")
    notes = plan(read([record]), [{"name": "old"}])["notes"]
    assert len(notes) == 2 and "chown 42407" in notes[0] and "mixed" in notes[1]
    record["nas"].update(unix_permissions=777, security_style="unix")
    assert plan(read([record]), [{"name": "old"}])["notes"] == []


def test_what_a_version_lacks_is_noted_with_what_is_lost():
    notes = plan(read(version=(9, 11, 1)), [MADE])["notes"]
    assert len(notes) == 1 and "snapshot directory by REST needs 9.13.1" in notes[0]
    assert [feature.name for feature in versions.missing((9, 7))][:3] == ["driver_rest", "files", "file_copy"]
    assert versions.missing(()) == [] and versions.has((9, 19, 1), "v42_switch")
    assert [feature.name for feature in versions.missing((9, 14, 1))] == ["v42_switch"]


@pytest.mark.parametrize(("size", "expected"), [(10, 20), (20, None), (500, None)])
def test_a_flexvol_grows_and_never_shrinks(size, expected):
    found = plan(read([volume("a", "/a", size=size)]), [MADE])
    assert [item["size"] for item in found["flexvols"]] == ([expected] if expected else [])


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
            "ONTAP is 9.10.1, and the REST mode of Cinder's driver needs 9.11.1: "
            "Cinder cannot manage this SVM by REST; upgrade the cluster",
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
            read(
                interfaces=[
                    {"ip": {"address": "192.0.2.11"}, "svm": {"name": "s"}, "services": ["data_iscsi"]}
                ]
            ),
            [MADE],
            "FlexVol a: LIF 192.0.2.11 does not serve NFS (data_iscsi); name one that has data_nfs",
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
    found = plan(dict(read(), volumes=[]), [MADE])
    assert any(problem.startswith("no volume of SVM s can be seen") for problem in found["problems"])
