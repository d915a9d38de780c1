# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the account that is logged in may do: by its role where it may read that, else by trying each path."""

from __future__ import annotations

from ..failures import EnhancedInstanceError, NotAuthorized, NotFound
from ..planner import rights
from .client import literal

BY_ROLE, BY_TRYING = "role", "trying"


def look(client, name, wanted):
    """``{method, role, scope, missing, cluster_only, unproven}`` for the wanted privileges.

    By the role it takes two requests. By trying, one for each path and at most four more: account, role, a
    FlexVol to try paths with, and a node. Whether more than reading is allowed then stays unproven.
    ``cluster_only`` are missing ones that no SVM's account can have.
    """
    found = _role(client, name) if name else None
    if found is not None:
        scope, role, privileges = found
        lacking, unproven, method = rights.missing(privileges, wanted), [], BY_ROLE
    else:
        lacking, unproven = _try(client, wanted)
        scope, role, method = _scope(client, lacking), None, BY_TRYING
    beyond = [item for item in lacking if scope == "svm" and rights.is_cluster_only(item["path"])]
    return {
        "method": method,
        "role": role,
        "scope": scope,
        "missing": [item for item in lacking if item not in beyond],
        "cluster_only": beyond,
        "unproven": unproven,
    }


def _role(client, name):
    """(scope, role, privileges) of an account, or None when it may not read that, or is known by another
    name (a certificate's, a domain's)."""
    try:
        accounts = client.collection(
            "/security/accounts", {"name": literal(name), "fields": "owner,scope,role.name"}
        )
        if len(accounts) != 1:
            return None
        role, owner = accounts[0]["role"]["name"], accounts[0]["owner"]
        roles = client.collection(
            "/security/roles",
            {"name": literal(role), "owner.uuid": owner["uuid"], "fields": "privileges,scope"},
        )
    except (NotAuthorized, NotFound):
        return None
    if not roles or any(not item["path"].startswith("/") for item in roles[0].get("privileges") or []):
        return None  # a role of commands, which says nothing of REST
    return accounts[0].get("scope"), role, roles[0].get("privileges") or []


def _try(client, wanted):
    lacking, unproven, volume = [], [], None
    for item in wanted:
        path = item["path"].removeprefix("/api")
        if "/*/" in path:
            volume = volume or _any_volume(client)
            if volume is None:
                unproven.append(item)
                continue
            path = path.replace("*", volume)
        try:
            client.get(path, {} if "/private/cli/" in path else {"max_records": 1})
        except NotAuthorized:
            lacking.append({**item, "has": "none"})
            continue
        except EnhancedInstanceError:
            pass  # it was let in, and that is what was asked
        if item["access"] != "readonly":
            unproven.append(item)
    return lacking, unproven


def _any_volume(client):
    try:
        records = client.get("/storage/volumes", {"max_records": 1, "fields": "uuid"}).get("records")
    except NotAuthorized:
        return None
    return records[0]["uuid"] if records else None


def _scope(client, lacking):
    """An account that may not see a node is taken for an SVM's, as Cinder's driver does."""
    if any(rights.is_cluster_only(item["path"]) for item in lacking):
        try:
            client.get("/cluster/nodes", {"max_records": 1})
        except NotAuthorized:
            return "svm"
    return "cluster"
