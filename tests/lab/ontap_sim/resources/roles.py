# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST roles and their privileges (facts B10)."""

from __future__ import annotations

from .. import rights
from ..engine import Resource
from ..errors import ApiError, not_found
from ..schema import Schema
from .accounts import Owned, find_owner

LEVELS = ("none", "readonly", "read_create", "read_modify", "read_create_modify", "all")


def check_privilege(call, item, owner_scope):
    path, access = item.get("path"), item.get("access", "all")
    if not path:
        raise ApiError(400, 262212, 'The required field "privileges.path" is missing', "privileges.path")
    if access not in LEVELS:
        raise ApiError(400, 5636144, f'The access level "{access}" is not valid.', "privileges.access")
    if path.startswith("/"):
        if not path.startswith("/api"):
            raise ApiError(
                400, 5636169, f'"{path}" is not a REST path; it begins with /api.', "privileges.path"
            )
        if access in LEVELS[2:5] and call.version < (9, 11, 1):
            raise ApiError(
                400, 5636144, f'The access level "{access}" needs ONTAP 9.11.1.', "privileges.access"
            )
        if owner_scope == "svm" and any(
            path == item or path.startswith(item + "/") for item in rights.CLUSTER_ONLY
        ):
            raise ApiError(400, 5636175, f'An SVM role cannot hold "{path}".', "privileges.path")
    elif access in LEVELS[2:5]:
        raise ApiError(
            400, 5636144, f'The access level "{access}" is for REST paths only.', "privileges.access"
        )
    result = {"path": path.rstrip("/") or path, "access": access}
    if item.get("query") and item["query"] != "-":
        result["query"] = item["query"]
    return result


def check_kind(privileges):
    kinds = {item["path"].startswith("/") for item in privileges if item["path"] != "DEFAULT"}
    if len(kinds) > 1:
        raise ApiError(400, 5636191, "A role has REST paths or command directories, not both.", "privileges")


class Roles(Owned):
    path = "/security/roles"
    table = "role"
    methods = ("GET", "POST", "DELETE")
    schema = Schema("""
        owner.name            str  ic
        owner.uuid            uuid ic
        name                  str  icr
        scope                 str  -
        builtin               bool -
        comment               str  cm >=9.14
        privileges[].path     str  c
        privileges[].access   str  c
        privileges[].query    str  c
        """)

    def rows(self, call, params):
        cluster = self.sim.cluster
        owner = {"name": cluster["name"], "uuid": cluster["uuid"]}
        for name, privileges in rights.PREDEFINED.items():
            yield {
                "owner": owner,
                "name": name,
                "scope": "cluster",
                "builtin": True,
                "privileges": privileges,
            }
        for svm in self.store.all("svm"):
            for name, privileges in rights.PREDEFINED_SVM.items():
                yield {
                    "owner": {"name": svm["name"], "uuid": svm["uuid"]},
                    "name": name,
                    "scope": "svm",
                    "builtin": True,
                    "privileges": privileges,
                }
        yield from self.store.all("role")

    def create(self, call, params, body):
        owner, scope = find_owner(call, body)
        name = body.get("name", "")
        if not name:
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        if any(
            item["name"] == name and item["owner"]["uuid"] == owner["uuid"]
            for item in self.rows(call, params)
        ):
            raise ApiError(409, 1263343, f'The role "{name}" already exists.', "name")
        if not body.get("privileges"):
            raise ApiError(400, 262212, 'The required field "privileges" is missing', "privileges")
        privileges = [check_privilege(call, item, scope) for item in body["privileges"]]
        check_kind(privileges)
        record = {"owner": owner, "name": name, "scope": scope, "builtin": False, "privileges": privileges}
        self.save(record)
        return record

    def delete(self, call, record):
        if record["builtin"]:
            raise ApiError(400, 1263347, f'The predefined role "{record["name"]}" cannot be deleted.')
        if any(
            item["role"]["name"] == record["name"] and item["owner"]["uuid"] == record["owner"]["uuid"]
            for item in self.store.all("account")
        ):
            raise ApiError(409, 1263346, f'The role "{record["name"]}" is in use by an account.')
        self.forget(record)


class Privileges(Resource):
    path = "/security/roles/{owner.uuid}/{role.name}/privileges"
    keys = (("path", "path"),)
    order = ("path",)
    methods = ("GET", "POST", "PATCH", "DELETE")
    scope = "both"
    schema = Schema("""
        path        str  icr
        access      str  icm
        query       str  cm
        """)

    def path_params(self, params):
        return {name: params[name] for name in ("owner.uuid", "role.name")}

    def _role(self, call, params):
        for role in self.sim.resources[Roles.path].visible(call, {}):
            if role["owner"]["uuid"] == params["owner.uuid"] and role["name"] == params["role.name"]:
                return role
        raise not_found(target="name")

    def visible(self, call, params):
        role = self._role(call, params)
        for item in role["privileges"]:
            yield {
                "query": "-" if not item["path"].startswith("/") else None,
                **item,
                "owner": role["owner"],
                "name": role["name"],
            }

    def show(self, call, record, wanted):
        return {key: value for key, value in record.items() if value is not None}

    def _save(self, role, privileges):
        if role.get("builtin"):
            raise ApiError(400, 1263347, f'The predefined role "{role["name"]}" cannot be changed.')
        check_kind(privileges)
        self.store.put("role", f"{role['owner']['uuid']}/{role['name']}", {**role, "privileges": privileges})

    def create(self, call, params, body):
        role = self._role(call, params)
        new = check_privilege(call, body, role["scope"])
        if any(item["path"] == new["path"] for item in role["privileges"]):
            raise ApiError(409, 1263349, f'The role already has a privilege for "{new["path"]}".', "path")
        self._save(role, [*role["privileges"], new])
        return {**new, "owner": role["owner"], "name": role["name"]}

    def _others(self, record):
        role = self.store.get("role", f"{record['owner']['uuid']}/{record['name']}")
        if role is None:
            raise ApiError(400, 1263347, f'The predefined role "{record["name"]}" cannot be changed.')
        return role, [item for item in role["privileges"] if item["path"] != record["path"]]

    def modify(self, call, record, changes):
        role, others = self._others(record)
        old = next(item for item in role["privileges"] if item["path"] == record["path"])
        self._save(
            role, [*others, check_privilege(call, {**old, **changes, "path": record["path"]}, role["scope"])]
        )

    def delete(self, call, record):
        role, others = self._others(record)
        if not others:
            raise ApiError(400, 1263348, "A role needs at least one privilege.")
        self._save(role, others)


ALL = (Roles, Privileges)
