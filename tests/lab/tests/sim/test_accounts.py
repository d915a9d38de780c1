# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""facts A2, B10: who may log in where, tunnelling, roles by path and access level."""

from __future__ import annotations

import pytest

REFUSED = (401, "6691623", "User is not authorized.")
FORBIDDEN = (403, "6", "not authorized for that command")


def test_wrong_logins(sim, make_api):
    assert make_api(sim, password="wrong").error("GET", "/cluster") == REFUSED
    assert make_api(sim, username="nobody").error("GET", "/cluster") == REFUSED
    # an SVM's account belongs to the SVM's LIF, a cluster's to the cluster's
    assert make_api(sim, username="vsadmin").error("GET", "/cluster") == REFUSED
    assert make_api(sim, host=sim.svm_host("svm1")).error("GET", "/cluster") == REFUSED


def test_svm_accounts_see_their_svm(sim, make_api):
    own = make_api(sim, username="vsadmin", host=sim.svm_host("svm1"))
    other = make_api(sim, username="vsadmin", host=sim.svm_host("svm2"))
    assert [item["name"] for item in own.records("/svm/svms")] == ["svm1"]
    assert own.get("/storage/volumes?name=vol1")["num_records"] == 1
    assert other.get("/storage/volumes?name=vol1")["num_records"] == 0
    for path in ("/storage/aggregates", "/storage/disks", "/cluster/nodes", "/cluster/counter/tables"):
        assert own.error("GET", path) == FORBIDDEN
    assert own.get("/cluster?fields=version")["version"]["generation"] == 9
    # svm may be left out, but not be another
    own.post("/protocols/nfs/export-policies", {"name": "mine"})
    assert own.error("POST", "/protocols/nfs/export-policies", {"name": "its", "svm.name": "svm2"})[:2] == (
        400,
        "2621706",
    )
    own.delete("/protocols/nfs/export-policies?name=mine")


def test_tunnelling(sim, api):
    tunnel = {"X-Dot-SVM-Name": "svm2"}
    assert api.get("/storage/volumes?name=vol1", headers=tunnel)["num_records"] == 0
    assert api.error("GET", "/storage/volumes", headers={"X-Dot-SVM-Name": "none"})[:2] == (400, "2621462")
    api.post("/protocols/nfs/export-policies", {"name": "tunnelled"}, headers=tunnel)
    assert api.records("/protocols/nfs/export-policies?name=tunnelled")[0]["svm"]["name"] == "svm2"
    uuid = api.records("/svm/svms?name=svm2")[0]["uuid"]
    api.delete("/protocols/nfs/export-policies?name=tunnelled", headers={"X-Dot-SVM-UUID": uuid})
    wrong = api.error(
        "POST", "/protocols/nfs/export-policies", {"name": "x", "svm.name": "svm1"}, headers=tunnel
    )
    assert wrong[:2] == (400, "2621706")


def test_client_certificates(sim, make_api):
    assert make_api(sim, cert=sim.client_certificate("admin")).get("/cluster")["name"] == "sim"
    own = make_api(sim, cert=sim.client_certificate("vsadmin"), host=sim.svm_host("svm1"))
    assert [item["name"] for item in own.records("/svm/svms")] == ["svm1"]
    assert make_api(sim, cert=sim.client_certificate("stranger")).error("GET", "/cluster") == REFUSED


@pytest.fixture
def role(sim, api, make_api):
    """make(privileges) -> an Api of an account that has only these."""
    cluster = api.get("/cluster")["uuid"]

    def make(*privileges, applications=("http",)):
        rows = [{"path": path, "access": access} for path, access in privileges]
        api.post("/security/roles", {"name": "limited", "privileges": rows})
        programs = [{"application": name, "authentication_methods": ["password"]} for name in applications]
        api.post(
            "/security/accounts",
            {"name": "limited", "role.name": "limited", "password": "Secret0815", "applications": programs},
        )
        return make_api(sim, username="limited", password="Secret0815")

    yield make
    api.call("DELETE", f"/security/accounts/{cluster}/limited")
    api.call("DELETE", f"/security/roles/{cluster}/limited")


def test_access_levels(role):
    limited = role(
        ("/api/cluster", "readonly"),
        ("/api/storage/volumes", "readonly"),
        ("/api/storage/volumes/*/files", "all"),
        ("/api/storage/qos/policies", "read_create"),
        ("/api/svm/svms", "none"),
    )
    limited.get("/cluster")
    volume = limited.records("/storage/volumes?name=vol1")[0]["uuid"]
    assert limited.error("PATCH", f"/storage/volumes/{volume}", {"comment": "x"}) == FORBIDDEN
    # the longest path decides, * stands for one segment
    limited.post(
        f"/storage/volumes/{volume}/files/allowed", {"type": "directory", "unix_permissions": 755}, wait=False
    )
    limited.delete(f"/storage/volumes/{volume}/files/allowed")
    limited.post("/storage/qos/policies", {"name": "allowed", "svm.name": "svm1"})
    assert limited.error("PATCH", "/storage/qos/policies?name=allowed", {"name": "x"}) == FORBIDDEN
    assert limited.error("DELETE", "/storage/qos/policies?name=allowed") == FORBIDDEN
    assert limited.error("GET", "/svm/svms") == FORBIDDEN
    assert limited.error("GET", "/network/ip/interfaces") == FORBIDDEN


def test_a_role_that_cannot_read_jobs_fails_in_polling(role, write):
    write("f")
    limited = role(("/api/storage/file/clone", "read_create"), ("/api/storage/volumes", "readonly"))
    volume = limited.records("/storage/volumes?name=vol1")[0]["uuid"]
    body = {"volume": {"uuid": volume}, "source_path": "f", "destination_path": "g"}
    job = limited.call("POST", "/storage/file/clone", body, 202).json()["job"]["uuid"]
    assert limited.error("GET", f"/cluster/jobs/{job}") == FORBIDDEN


def test_applications_and_locks(role, api):
    limited = role(("/api", "readonly"), applications=("ssh",))
    assert limited.error("GET", "/cluster") == REFUSED
    cluster = api.get("/cluster")["uuid"]
    api.patch(
        f"/security/accounts/{cluster}/limited",
        {"applications": [{"application": "http", "authentication_methods": ["password"]}]},
    )
    limited.get("/cluster")
    api.patch(f"/security/accounts/{cluster}/limited", {"locked": "true"})
    assert limited.error("GET", "/cluster") == REFUSED


def test_a_new_password_holds_at_once(role, api, sim, make_api):
    limited = role(("/api", "readonly"))
    limited.get("/cluster")
    account = f"/security/accounts/{api.get('/cluster')['uuid']}/limited"
    assert api.error("PATCH", account, {"password": "Secret0815"})[:2] == (400, "7077918")
    api.patch(account, {"password": "Secret0816"})
    assert limited.error("GET", "/cluster") == REFUSED
    make_api(sim, username="limited", password="Secret0816").get("/cluster")
    assert not {"password", "password_hash"} & set(api.get(account + "?fields=**"))


@pytest.mark.parametrize(
    "body, code",
    [
        ({"name": "ab"}, "5636178"),
        ({"name": "diag"}, "5636121"),
        ({"name": "someone", "role.name": "none-such"}, "1261215"),
        ({"name": "someone", "password": "short1"}, "7077897"),
        (
            {"name": "someone", "applications": [{"application": "ssh", "authentication_methods": ["saml"]}]},
            "5636176",
        ),
    ],
)
def test_refused_accounts(api, body, code):
    program = [{"application": "http", "authentication_methods": ["password"]}]
    assert (
        api.error("POST", "/security/accounts", {"applications": program, "password": "Secret0815", **body})[
            1
        ]
        == code
    )


@pytest.mark.parametrize(
    "owner, privileges, code",
    [
        (None, [{"path": "/rest/x", "access": "all"}], "5636169"),
        (None, [{"path": "/api/cluster", "access": "some"}], "5636144"),
        (None, [{"path": "/api/cluster", "access": "all"}, {"path": "volume", "access": "all"}], "5636191"),
        ("svm1", [{"path": "/api/storage/aggregates", "access": "readonly"}], "5636175"),
    ],
)
def test_refused_roles(api, owner, privileges, code):
    body = {"name": "refused", "privileges": privileges, **({"owner.name": owner} if owner else {})}
    assert api.error("POST", "/security/roles", body)[1] == code


def test_privileges_one_by_one(role, api):
    role(("/api/cluster", "readonly"))
    base = f"/security/roles/{api.get('/cluster')['uuid']}/limited/privileges"
    answer = api.call("POST", base, {"path": "/api/storage/volumes", "access": "all"}, 201)
    assert answer.headers["Location"].endswith("/privileges/%2Fapi%2Fstorage%2Fvolumes")
    api.patch(base + "/%2Fapi%2Fstorage%2Fvolumes", {"access": "readonly"})
    assert {item["path"]: item["access"] for item in api.records(base)} == {
        "/api/cluster": "readonly",
        "/api/storage/volumes": "readonly",
    }
    api.delete(base + "/%2Fapi%2Fstorage%2Fvolumes")
    assert api.error("DELETE", base + "/%2Fapi%2Fcluster")[1] == "1263348"


def test_predefined_roles_and_the_last_admin_stay(api):
    cluster = api.get("/cluster")["uuid"]
    assert api.error("DELETE", f"/security/roles/{cluster}/admin")[1] == "1263347"
    assert api.error("DELETE", f"/security/accounts/{cluster}/admin")[1] == "5636098"
