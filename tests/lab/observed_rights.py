# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that role ontap_svm gives for each purpose, against the requests that were really observed.

Tests work with an account that has exactly the rights of the file, and compare them afterwards with what the
account asked for: a request that is not covered fails, and so does a right that nothing used. With
EIC_RECORD_RIGHTS=1 the account may do everything, and the file is written.
"""

from __future__ import annotations

import os
from pathlib import Path

import requests
import yaml

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import rights

FILE = Path(__file__).resolve().parents[2] / "roles" / "ontap_svm" / "vars" / "rights.yml"
HEAD = """---
# SPDX-License-Identifier: GPL-3.0-or-later
# What each purpose asks of ONTAP, from observed requests; written by the tests that hold it
# (EIC_RECORD_RIGHTS=1), not by hand. docs/rights.md explains it.
"""
PASSWORD = "Little1234"
# Cinder's driver writes there at times of its own, once an hour: a short run may or may not see it.
AT_TIMES = "/api/support/ems/application-logs"
RECORDING = bool(os.environ.get("EIC_RECORD_RIGHTS"))


def known() -> dict:
    """``{purpose: privileges}``."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["__ontap_svm_rights"] if FILE.exists() else {}


def account(sim, name, purposes, svm=None, without=None, applications=("http",)):
    """Make a role and an account of that name on a simulator; its login as (name, password)."""
    privileges = [{"path": "/api", "access": "all"}]
    if not RECORDING:
        merged = rights.merged(*(known()[purpose] for purpose in purposes))
        privileges = [item for item in rights.for_account(merged, bool(svm)) if item["path"] != without]
    owner = {"owner": {"name": svm}} if svm else {}
    session = requests.Session()
    session.trust_env = False  # REQUESTS_CA_BUNDLE would win over verify
    session.auth, session.verify = sim.auth, sim.ca
    methods = [{"application": item, "authentication_methods": ["password"]} for item in applications]
    for path, body in (
        ("/security/roles", {"name": name, "privileges": privileges}),
        (
            "/security/accounts",
            {"name": name, "role": {"name": name}, "password": PASSWORD, "applications": methods},
        ),
    ):
        answer = session.post(sim.url(path), json={**body, **owner})
        assert answer.status_code < 300, answer.text
    return name, PASSWORD


def hold(purpose, entries, name):
    """Assert that the rights of a purpose are exactly what the account of that name was let do."""
    asked = [
        (entry["method"], entry["path"])
        for entry in entries
        if entry["account"] == name and entry["path"].startswith("/api") and entry["status"] != 403
    ]
    observed = rights.of_requests(asked)
    if RECORDING:
        content = {**known(), purpose: observed}
        ordered = {key: content[key] for key in sorted(content)}
        text = yaml.safe_dump({"__ontap_svm_rights": ordered}, sort_keys=False, default_flow_style=None)
        # ansible-lint wants lists indented and braces tight.
        lines = [f"  {line}" if line.startswith("  - ") else line for line in text.splitlines()]
        FILE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    assert _steady(observed) == _steady(known()[purpose]), (
        f"purpose {purpose} asks for other rights now; run its test with EIC_RECORD_RIGHTS=1"
    )


def _steady(privileges):
    return [item for item in privileges if item["path"] != AT_TIMES]
