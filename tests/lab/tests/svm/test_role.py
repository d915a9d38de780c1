# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role ontap_svm: a plain SVM, drift, what is adopted, SAN, several SVMs, and what it refuses."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess

import observed_rights

CLIENTS = {"cinder": ["192.0.2.10"], "glance": ["192.0.2.20"], "nova": ["192.0.2.64/26"]}


def variables(*flexvols, **more):
    return {"ontap_svm_clients": CLIENTS, "ontap_svm_flexvols": list(flexvols), **more}


def made(name, **more):
    return {"name": name, "aggregate": "aggr1", "size": 2, **more}


def plan_of(run):
    return next(result["ansible_facts"]["__ontap_svm_plan"] for result in run["Plan"])


def findings(run, good):
    noted = run["Note the findings"][0]["ansible_facts"]["ontap_svm_findings"]
    return [one for one in noted if one["ok"] is good]


def requests_in(operator, run, *arguments, **options):
    before = len(operator.sim.control.audit())
    result = run(*arguments, **options)
    return result, operator.sim.control.audit()[before:]


def test_a_plain_svm_is_made_ready_once_and_drift_is_mended(operator):
    lif = operator.sim.svms["svm1"]["svm1_a"]
    wanted = variables(
        made("cinder_a", glance_directory="glance", lif=lif),
        made("cinder_b"),
        ontap_svm_flexvol_autosize="grow",
        ontap_svm_flexvol_autosize_maximum=8,
        ontap_svm_flexvol_efficiency=False,
        ontap_svm_anonymous_user="42407",
        ontap_svm_export_rules_exact=True,
    )
    checked = operator.run(wanted, "--check", "--diff")
    assert checked["stats"]["changed"] > 0
    texts = plan_of(checked)["texts"]
    for text in ("NFS service: make it", "make export policy openstack", "make directory cinder_a/glance"):
        assert text in texts
    assert "make FlexVol cinder_b of 2 GiB on aggr1" in texts
    assert operator.rest("GET", "/protocols/nfs/services")["records"] == []

    operator.run(wanted)
    volume = operator.volume("cinder_a")
    assert volume["nas"]["path"] == "/cinder_a" and volume["nas"]["uid"] == 42407
    assert volume["guarantee"]["type"] == "none" and volume["snapshot_policy"]["name"] == "none"
    assert volume["snapshot_directory_access_enabled"] is False
    assert volume["autosize"]["mode"] == "grow" and volume["autosize"]["maximum"] == 8 * 2**30
    assert volume["efficiency"]["dedupe"] == "none"

    again, asked = requests_in(operator, operator.run, wanted)
    assert plan_of(again)["texts"] == []
    assert again["stats"]["changed"] == 0
    # One module call: version, volumes, policies, LIFs, NFS and one directory.
    assert [entry["method"] for entry in asked] == ["GET"] * 6
    assert operator.run(wanted, "--check", "--diff")["stats"]["changed"] == 0

    service = operator.record("/protocols/nfs/services?fields=svm.uuid")["svm"]["uuid"]
    operator.rest("PATCH", f"/protocols/nfs/services/{service}", {"vstorage_enabled": False})
    operator.rest("PATCH", f"/storage/volumes/{volume['uuid']}", {"nas.unix_permissions": 777})
    operator.rest("PATCH", f"/storage/volumes/{volume['uuid']}", {"nas.path": ""})
    operator.rest("DELETE", f"/storage/volumes/{volume['uuid']}/files/glance")
    policy = operator.record("/protocols/nfs/export-policies?name=openstack")["id"]
    operator.rest("PATCH", f"/protocols/nfs/export-policies/{policy}/rules/1", {"superuser": ["none"]})
    foreign = {"clients": [{"match": "198.51.100.0/24"}], "ro_rule": ["any"], "rw_rule": ["any"]}
    operator.rest("POST", f"/protocols/nfs/export-policies/{policy}/rules", foreign)
    broken = findings(
        operator.run({**wanted, "ontap_svm_capability_file": "none"}, tasks_from="verify"), False
    )
    assert len(broken) == 3 and "vstorage on" in broken[1]["cure"]

    mended = operator.run(wanted)
    texts = plan_of(mended)["texts"]
    assert "NFS service: vstorage on" in texts and "make directory cinder_a/glance" in texts
    assert "FlexVol cinder_a: change junction path none to /cinder_a, unix permissions 777 to 755" in texts
    assert operator.volume("cinder_a")["nas"]["unix_permissions"] == 755
    policy = operator.record("/protocols/nfs/export-policies?name=openstack&fields=rules")
    assert [rule["superuser"] for rule in policy["rules"]] == [["sys"], ["sys"], ["none"]]
    assert {rule["anonymous_user"] for rule in policy["rules"]} == {"42407"}

    with cinder_mount(operator, f"{lif}:/cinder_a") as base:
        host = {"ontap_svm_probe_host": "localhost", "ontap_svm_cinder_mount_base": base}
        verified = operator.run({**wanted, **host, "enhanced_instance_become": False}, tasks_from="verify")
    assert findings(verified, False) == []
    answers = json.loads((operator.folder / "capabilities.json").read_text())["svms"][0]["answers"]
    assert {name for name, found in answers.items() if found["answer"] == "unknown"} == set()
    assert answers["clone_keeps_owner"]["answer"] == "yes" and answers["clone_overwrites"]["answer"] == "no"
    assert os.listdir(operator.sim.volume_root("cinder_a")) == ["glance"]


@contextlib.contextmanager
def cinder_mount(operator, share):
    """As cinder-volume mounts a share; the simulator's FlexVol is a local directory."""
    base = operator.folder / "mnt"
    target = base / hashlib.md5(share.encode(), usedforsecurity=False).hexdigest()
    target.mkdir(parents=True)
    root = operator.sim.volume_root(share.rpartition("/")[2])
    subprocess.run(["mount", "--bind", root, target], check=True)
    try:
        yield str(base)
    finally:
        subprocess.run(["umount", target], check=True)


def test_switches_from_the_command_line_are_text(operator):
    text = {"ontap_svm_export_rules_exact": "false", "ontap_svm_vstorage": "no", "ontap_svm_nfs_v3": "false"}
    wanted = variables(made("cinder_a"), **text)
    operator.run(wanted)
    policy = operator.record("/protocols/nfs/export-policies?name=openstack")["id"]
    foreign = {"clients": [{"match": "198.51.100.0/24"}], "ro_rule": ["any"], "rw_rule": ["any"]}
    operator.rest("POST", f"/protocols/nfs/export-policies/{policy}/rules", foreign)
    again = operator.run(wanted)
    assert (plan_of(again)["texts"], again["stats"]["changed"]) == ([], 0)
    service = operator.record("/protocols/nfs/services?fields=**")
    assert (service["vstorage_enabled"], service["protocol"]["v3_enabled"]) == (False, False)


def test_what_exists_is_adopted_and_only_added_to(operator):
    operator.sim.prepare_nfs("svm1", volumes=("old",), clients="192.0.2.10")
    before = operator.volume("old")
    wanted = variables({"name": "old", "glance_directory": "glance"})
    run = operator.run(wanted)
    assert plan_of(run)["flexvols"] == [] and len(plan_of(run)["rules"]) == 2
    after = operator.volume("old")
    for name in ("size", "nas", "guarantee", "snapshot_policy", "autosize"):
        assert after[name] == before[name]
    assert any("root belongs to 0" in note for note in plan_of(run)["notes"])
    assert operator.run(wanted)["stats"]["changed"] == 0


def test_a_flexvol_for_luns_gets_no_junction(operator):
    wanted = variables(made("san_a", protocol="iscsi"))
    run = operator.run(wanted)
    volume = operator.volume("san_a")
    assert "path" not in volume["nas"] and volume["guarantee"]["type"] == "none"
    assert operator.record("/protocols/san/iscsi/services?fields=enabled")["enabled"]
    assert plan_of(run)["nfs"] == {} and plan_of(run)["policies"] == []
    service = operator.record("/protocols/san/iscsi/services?fields=svm.uuid")["svm"]["uuid"]
    operator.rest("PATCH", f"/protocols/san/iscsi/services/{service}", {"enabled": False})
    assert plan_of(operator.run(wanted))["texts"] == ["start the iSCSI service"]
    assert operator.record("/protocols/san/iscsi/services?fields=enabled")["enabled"]


def test_a_qtree_isolates_glance_and_svms_are_peered(operator):
    operator.sim.prepare_nfs("svm2", volumes=("images",))
    wanted = variables(
        made("cinder_a", glance_directory="glance", glance_qtree=True), ontap_svm_copy_peers=["svm2"]
    )
    made_now = operator.run(wanted)
    assert "make qtree cinder_a/glance with export policy openstack_glance" in plan_of(made_now)["texts"]
    qtree = operator.record("/storage/qtrees?name=glance&fields=export_policy,volume")
    assert qtree["export_policy"]["name"] == "openstack_glance"
    policy = operator.record("/protocols/nfs/export-policies?name=openstack_glance&fields=rules")
    assert [rule["clients"][0]["match"] for rule in policy["rules"]] == ["192.0.2.20"]
    peer = operator.record("/svm/peers?svm.name=svm1&fields=applications,state")
    assert peer["applications"] == ["file_copy"]
    operator.rest("PATCH", f"/svm/peers/{peer['uuid']}", {"applications": ["snapmirror"]})
    where = f"/storage/qtrees/{qtree['volume']['uuid']}/{qtree['id']}"
    operator.rest("PATCH", where, {"export_policy.name": "default"})
    changes = [
        "change qtree cinder_a/glance with export policy openstack_glance",
        "add file_copy to the peering of SVM svm1 with svm2 (snapmirror until now)",
    ]
    assert plan_of(operator.run(wanted))["texts"] == changes
    for side in ("svm1", "svm2"):
        peer = operator.record(f"/svm/peers?svm.name={side}&fields=applications")
        assert peer["applications"] == ["snapmirror", "file_copy"]
    assert (
        operator.record("/storage/qtrees?name=glance&fields=export_policy")["export_policy"]
        == qtree["export_policy"]
    )


def test_each_svm_takes_its_own_flexvols(operator):
    connections = [operator.connection("svm1"), operator.connection("svm2")]
    everything = {
        "enhanced_instance_ontap": connections,
        "enhanced_instance_clients": CLIENTS,
        "enhanced_instance_backends": [
            {"name": "nfs", "protocol": "nfs", "vserver": "svm1"},
            {"name": "san", "protocol": "iscsi", "vserver": "svm1"},
        ],
        "enhanced_instance_flexvols": [
            made("cinder_a"),
            made("san_a", backend="san"),
            made("images", backend="none", vserver="svm2"),
        ],
    }
    for connection, names in ((connections[0], {"cinder_a", "san_a"}), (connections[1], {"images"})):
        run = operator.run({**everything, "ontap_svm_connection": connection})
        assert {item["name"] for item in plan_of(run)["flexvols"]} == names
    assert operator.volume("images")["svm"]["name"] == "svm2"
    assert "path" not in operator.volume("san_a")["nas"]


def test_what_cannot_work_is_refused_before_anything_is_changed(operator):
    operator.sim.control.version("9.11.1")
    wanted = variables({"name": "nowhere"}, made("cinder_b", lif="192.0.2.99"))
    run = operator.run(wanted, fails=True)
    sentence = run["Refuse what cannot work before anything is changed"][0]["msg"]
    assert "FlexVol nowhere does not exist" in sentence and "has no LIF 192.0.2.99" in sentence
    assert operator.rest("GET", "/protocols/nfs/services")["records"] == []


def test_accounts_with_the_least_rights_are_made_once(operator):
    sim = operator.sim
    password = "Chosen-1234"
    accounts = [
        {"name": "daily", "purposes": ["prime", "san"], "password": password},
        {"name": "driver", "purposes": ["cinder_nfs"], "password": password, "scope": "svm"},
    ]
    admin = operator.connection(username=sim.username, password=sim.password)
    wanted = {"ontap_svm_accounts": accounts, "ontap_svm_connection": admin}
    run = operator.run(wanted, tasks_from="accounts")
    assert run["stats"]["changed"] == 2 and password not in json.dumps(run)
    roles = {
        record["name"]: {item["path"]: item["access"] for item in record["privileges"]}
        for record in operator.rest("GET", "/security/roles?name=daily|driver&fields=privileges")["records"]
    }
    assert roles["daily"]["/api/storage/luns"] == "all"
    assert roles["daily"]["/api/storage/file/copy"] == "read_create"
    assert "/api/storage/aggregates" not in roles["driver"] and "/api/storage/qos/policies" in roles["driver"]
    answer = operator.session.get(sim.url("/cluster"), auth=("daily", password), timeout=30)
    assert answer.status_code == 200
    assert operator.run(wanted, tasks_from="accounts")["stats"]["changed"] == 0


def test_an_account_by_certificate_makes_and_verifies(operator):
    sim = operator.sim
    admin = operator.connection(username=sim.username, password=sim.password)
    accounts = [{"name": "certified", "purposes": ["deploy"], "certificate": True}]
    wanted = {"ontap_svm_accounts": accounts, "ontap_svm_connection": admin}
    operator.run(wanted, tasks_from="accounts")
    certificate, key = sim.client_certificate("certified")
    login = {"cert_filepath": certificate, "key_filepath": key}
    connection = operator.connection(**login)
    del connection["username"], connection["password"]
    wanted = variables(made("cinder_a", glance_directory="glance"), ontap_svm_connection=connection)
    assert operator.run(wanted)["stats"]["changed"] > 0
    assert findings(operator.run(wanted, tasks_from="verify"), False) == []
    used = {entry["account"] for entry in sim.control.audit() if "/storage/volumes" in entry["path"]}
    assert "certified" in used and "deployer" not in used


def test_the_rights_for_it_are_those_that_it_used(asked):
    observed_rights.hold("deploy", asked, "deployer")
