# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts B8: NFS services, export policies and rules, and what they mean for a client that mounts."""

from __future__ import annotations

import pytest
from ontap_sim.harness import ControlError


@pytest.fixture
def svm2(api):
    """The second SVM with NFS on and a volume /n; clean afterwards."""
    uuid = api.records("/svm/svms?name=svm2")[0]["uuid"]
    policy = api.records("/protocols/nfs/export-policies?svm.name=svm2&name=default")[0]["id"]
    api.post("/protocols/nfs/services", {"svm.name": "svm2"})
    api.post(
        "/storage/volumes",
        {"name": "n", "svm.name": "svm2", "aggregates": ["aggr1"], "size": "50MB", "nas.path": "/n"},
    )
    yield {
        "uuid": uuid,
        "service": f"/protocols/nfs/services/{uuid}",
        "rules": f"/protocols/nfs/export-policies/{policy}/rules",
    }
    for rule in api.records(f"/protocols/nfs/export-policies/{policy}/rules"):
        api.call("DELETE", f"/protocols/nfs/export-policies/{policy}/rules/{rule['index']}")
    api.delete("/storage/volumes?name=n")
    api.call("DELETE", f"/protocols/nfs/services/{uuid}")


RULE = {"clients": [{"match": "127.9.0.0/16"}], "ro_rule": ["sys"], "rw_rule": ["sys"], "superuser": ["sys"]}


def test_service_defaults(api, svm2):
    record = api.get(svm2["service"])
    assert (record["enabled"], record["vstorage_enabled"], record["state"]) == (True, False, "online")
    protocol = record["protocol"]
    assert (protocol["v3_enabled"], protocol["v40_enabled"], protocol["v41_enabled"]) == (True, False, False)
    assert (
        record["protocol"]["v4_id_domain"] == "defaultv4iddomain.com"
        and record["extended_groups_limit"] == 32
    )
    assert api.error("POST", "/protocols/nfs/services", {"svm.name": "svm2"})[0] == 409
    assert api.error("PATCH", svm2["service"], {"transport.tcp_max_transfer_size": 5000})[1] == "3277140"
    assert api.error("PATCH", svm2["service"], {"protocol.v42_enabled": "true"})[1] == "262179"
    api.patch(svm2["service"], {"enabled": "false"})
    assert api.get(svm2["service"])["state"] == "offline"


def refusal(sim, *arguments):
    with pytest.raises(ControlError) as caught:
        sim.control.mount(*arguments)
    return str(caught.value)


def test_who_may_mount(sim, api, svm2):
    lif = sim.svms["svm2"]["svm2_a"]
    assert "no access" in refusal(sim, lif, "/n", "127.9.0.1", "3"), "a policy without rules denies all"
    api.post(svm2["rules"], RULE)
    answer = sim.control.mount(lif, "/n", "127.9.0.1", "3")
    assert answer["read_only"] is False and answer["directory"].endswith("/root")
    assert "no access" in refusal(sim, lif, "/n", "127.8.0.1", "3")
    assert "version 4.1 is not enabled" in refusal(sim, lif, "/n", "127.9.0.1", "4.1")
    api.patch(svm2["service"], {"protocol.v41_enabled": "true"})
    sim.control.mount(lif, "/n", "127.9.0.1", "4.2")
    assert "no volume at junction path /m" in refusal(sim, lif, "/m", "127.9.0.1", "3")
    assert "No LIF" in refusal(sim, "127.9.9.9", "/n", "127.9.0.1", "3")
    assert "does not serve NFS" in refusal(sim, sim.svms["svm2"]["svm2_i"], "/n", "127.9.0.1", "3")
    interface = api.records("/network/ip/interfaces?name=svm2_a")[0]["uuid"]
    api.patch(f"/network/ip/interfaces/{interface}", {"enabled": False})
    assert "is down" in refusal(sim, lif, "/n", "127.9.0.1", "3")
    api.patch(f"/network/ip/interfaces/{interface}", {"enabled": True})
    api.patch(svm2["service"], {"enabled": False})
    assert "NFS is not enabled" in refusal(sim, lif, "/n", "127.9.0.1", "3")


def test_read_only_and_order_of_rules(sim, api, svm2):
    lif = sim.svms["svm2"]["svm2_b"]
    api.post(svm2["rules"], RULE)
    api.post(svm2["rules"], {**RULE, "clients": [{"match": "127.9.0.1"}], "rw_rule": ["never"], "index": 1})
    assert [
        (rule["index"], rule["clients"][0]["match"]) for rule in api.records(svm2["rules"] + "?fields=*")
    ] == [(1, "127.9.0.1"), (2, "127.9.0.0/16")]
    assert sim.control.mount(lif, "/n", "127.9.0.1", "3")["read_only"] is True
    assert sim.control.mount(lif, "/n", "127.9.0.2", "3")["read_only"] is False
    api.patch(svm2["rules"] + "/1?new_index=2", {})
    assert sim.control.mount(lif, "/n", "127.9.0.1", "3")["read_only"] is False
    api.patch(svm2["rules"] + "/1", {"protocols": ["nfs4"]})
    assert sim.control.mount(lif, "/n", "127.9.0.1", "3")["read_only"] is True


def test_a_qtree_has_its_own_policy(sim, api, svm2):
    api.post(svm2["rules"], RULE)
    closed = api.call(
        "POST", "/protocols/nfs/export-policies", {"svm.name": "svm2", "name": "closed"}, 201
    ).headers["Location"][4:]
    body = {"svm.name": "svm2", "volume.name": "n", "name": "q", "export_policy.name": "closed"}
    api.post("/storage/qtrees", body)
    lif = sim.svms["svm2"]["svm2_a"]
    assert "no access" in refusal(sim, lif, "/n/q", "127.9.0.1", "3")
    assert api.error("DELETE", closed)[1] == "1703953"
    api.delete("/storage/qtrees?name=q")
    api.delete(closed)


def test_rules(api, svm2):
    made = api.post(svm2["rules"] + "?return_records=true", RULE)
    assert made["num_records"] == 1 and made["records"][0]["index"] == 1
    (record,) = api.records(svm2["rules"] + "?fields=*")
    assert (
        record["anonymous_user"],
        record["protocols"],
        record["chown_mode"],
        record["ntfs_unix_security"],
    ) == ("none", ["any"], "restricted", "fail")
    assert api.error("POST", svm2["rules"], RULE)[:2] == (409, "1704070")
    assert api.error("POST", svm2["rules"], {**RULE, "clients": [{"match": "1.2.3"}]})[1] == "1704037"
    assert api.error("POST", svm2["rules"], {**RULE, "clients": []})[1] == "1704036"
    assert api.error("POST", svm2["rules"], {**RULE, "ro_rule": ["odd"]})[1] == "262197"
    assert api.records(svm2["rules"] + "?clients.match=127.9.0.0/16")[0]["index"] == 1
    assert api.error("GET", svm2["rules"] + "/7") == (404, "4", "entry doesn't exist")


def test_policies(api, svm2):
    for name, code in (("a b", "1703952"), ("x" * 257, "1704047"), ("default", "1")):
        assert (
            api.error("POST", "/protocols/nfs/export-policies", {"svm.name": "svm2", "name": name})[1] == code
        )
    with_rules = {"svm.name": "svm2", "name": "whole", "rules": [RULE]}
    policy = api.call("POST", "/protocols/nfs/export-policies", with_rules, 201).headers["Location"][4:]
    assert api.get(policy)["rules"][0]["clients"] == RULE["clients"]
    api.patch("/storage/volumes?name=n", {"nas.export_policy.name": "whole"})
    assert api.error("DELETE", policy)[1] == "1703945"
    api.patch(policy, {"name": "renamed"})
    assert api.volume("n")["nas"]["export_policy"]["name"] == "renamed"
    api.patch("/storage/volumes?name=n", {"nas.export_policy.name": "default"})
    api.delete(policy)
    assert api.error("DELETE", svm2["rules"].rpartition("/")[0])[1] == "1703947"


@pytest.mark.parametrize(
    "body, code",
    [
        ({"ip": {"address": "x", "netmask": "24"}}, "1376976"),
        ({"ip": {"address": "127.9.1.1", "netmask": "99"}}, "1966269"),
        ({"location.home_port": {"name": "e9z", "node.name": "sim-01"}}, "1966217"),
        ({"name": "svm2_a"}, "1966140"),
        ({"service_policy": "none"}, "53281947"),
    ],
)
def test_refused_lifs(api, body, code):
    base = {"name": "refused", "svm.name": "svm2", "ip": {"address": "127.9.1.1", "netmask": "24"}}
    assert api.error("POST", "/network/ip/interfaces", {**base, **body})[1] == code
