# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import rights

UUID = "0b3c2f60-3a4e-4c2d-9b4a-2a6f9d0c1e11"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/cluster", "/api/cluster"),
        ("/api//cluster/", "/api/cluster"),
        (f"/api/cluster/jobs/{UUID}?fields=state", "/api/cluster/jobs"),
        ("/api/cluster/counter/tables/system:constituent/rows", "/api/cluster/counter/tables"),
        ("/api/cluster/counter/tables/wafl/rows?fields=id", "/api/cluster/counter/tables"),
        (f"/api/storage/volumes/{UUID}", "/api/storage/volumes"),
        (f"/api/storage/volumes/{UUID}/files", "/api/storage/volumes/*/files"),
        (f"/api/storage/volumes/{UUID}/files/glance%2Fimage", "/api/storage/volumes/*/files"),
        (f"/api/storage/volumes/{UUID}/files/dir%2F{UUID}", "/api/storage/volumes/*/files"),
        (f"/api/storage/volumes/{UUID}/snapshots/{UUID}", "/api/storage/volumes/*/snapshots"),
        (f"/api/storage/volumes/{UUID}/top-metrics/files", "/api/storage/volumes"),
        ("/api/protocols/nfs/export-policies/12884901889/rules/1", "/api/protocols/nfs/export-policies"),
        (f"/api/storage/qtrees/{UUID}/1", "/api/storage/qtrees"),
        ("/api/private/cli/volume/file/clone", "/api/private/cli/volume/file/clone"),
    ],
)
def test_the_path_that_a_role_names(path, expected):
    assert rights.grantable(path) == expected


def test_requests_become_the_least_privileges():
    asked = [
        ("GET", "/api/cluster"),
        ("POST", "/api/storage/file/clone"),
        ("GET", f"/api/storage/volumes/{UUID}"),
        ("PATCH", f"/api/storage/volumes/{UUID}"),
        ("DELETE", f"/api/storage/volumes/{UUID}/files/a"),
        ("POST", "/api/storage/luns"),
        ("PATCH", f"/api/storage/luns/{UUID}"),
    ]
    assert rights.of_requests(asked) == [
        {"path": "/api/cluster", "access": "readonly"},
        {"path": "/api/storage/file/clone", "access": "read_create"},
        {"path": "/api/storage/luns", "access": "read_create_modify"},
        {"path": "/api/storage/volumes", "access": "read_modify"},
        {"path": "/api/storage/volumes/*/files", "access": "all"},
    ]


def held(**words):
    return [
        {"path": "/" + path.replace("__", "/*/").replace("_", "/"), "access": word}
        for path, word in words.items()
    ]


@pytest.mark.parametrize(
    ("privileges", "path", "expected"),
    [
        (held(api="all"), "/api/storage/luns", "all"),
        (held(api="all", api_storage="readonly"), "/api/storage/luns", "readonly"),
        (held(api_storage_volumes="readonly"), "/api/storage/volumes/*/files", "readonly"),
        (
            held(api_storage_volumes="readonly", api_storage_volumes__files="all"),
            "/api/storage/volumes/*/files",
            "all",
        ),
        (held(api_storage_volumes__files="all"), "/api/storage/volumes", "none"),
        ([{"path": "DEFAULT", "access": "none"}], "/api/cluster", "none"),
        ([], "/api/cluster", "none"),
    ],
)
def test_the_longest_path_decides(privileges, path, expected):
    assert rights.access(privileges, path) == expected


def test_what_is_missing_is_named_with_what_there_is():
    wanted = [
        {"path": "/api/cluster", "access": "readonly"},
        {"path": "/api/storage/file/clone", "access": "read_create"},
    ]
    found = rights.missing(held(api="readonly"), wanted)
    assert [rights.sentence(item) for item in found] == [
        "read_create for /api/storage/file/clone (has readonly)"
    ]
    assert rights.missing(held(api="all"), wanted) == []


def test_merged_privileges_allow_both():
    found = rights.merged(held(api_a="read_create"), held(api_a="read_modify", api_b="readonly"))
    assert found == held(api_a="read_create_modify", api_b="readonly")


def test_an_svms_role_and_an_old_ontap_get_what_they_can_hold():
    wanted = held(api_cluster_nodes="readonly", api_svm="readonly", api_storage_luns="read_create")
    assert [item["path"] for item in rights.for_account(wanted, of_svm=True)] == [
        "/api/svm",
        "/api/storage/luns",
    ]
    assert [item["access"] for item in rights.for_account(wanted, version=(9, 10, 1))] == [
        "readonly",
        "readonly",
        "all",
    ]
    assert rights.for_account(wanted, version=(9, 11, 1)) == wanted


ROOT = Path(__file__).resolve().parents[5]


def test_every_path_that_the_modules_ask_for_is_among_the_rights():
    """The tests in the lab hold them exactly; this one tells sooner when new code asks for more."""
    known = yaml.safe_load((ROOT / "roles/ontap_svm/vars/rights.yml").read_text(encoding="utf-8"))
    ours = rights.merged(*(known["__ontap_svm_rights"][name] for name in ("deploy", "prime", "san")))
    asked = set()
    for file in (ROOT / "plugins" / "module_utils" / "ontap").glob("*.py"):
        if file.name == "own_rights.py":  # looks at the account itself, where it may
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            for path in re.findall(r'"(/(?:cluster|storage|svm|network|protocols|security)[a-z/_-]*)', line):
                asked.add("/api" + path.rstrip("/"))
    lacking = {path for path in asked if rights.access(ours, path) == "none"}
    assert len(asked) > 12 and lacking == set()
