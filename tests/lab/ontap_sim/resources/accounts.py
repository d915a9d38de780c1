# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of the cluster and of SVMs (facts B10)."""

from __future__ import annotations

import re

from .. import rights
from ..auth import hash_password, password_matches
from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored

APPLICATIONS = {
    "amqp": ("password",),
    "console": ("password",),
    "http": ("password", "domain", "nsswitch", "certificate", "saml"),
    "ontapi": ("password", "domain", "nsswitch", "certificate", "saml"),
    "service_processor": ("password",),
    "ssh": ("password", "publickey", "domain", "nsswitch"),
}
NAME = re.compile(r"^[A-Za-z0-9_.$-]{3,64}$")
RESERVED = ("root", "diag", "autosupport")


def find_owner(call, body):
    """(owner, scope): an SVM, or the cluster when none is named."""
    named = body.get("owner") or {}
    if call.svm:
        return {"name": call.svm["name"], "uuid": call.svm["uuid"]}, "svm"
    name, uuid = named.get("name"), named.get("uuid")
    cluster = call.sim.cluster
    if (not name and not uuid) or name == cluster["name"] or uuid == cluster["uuid"]:
        return {"name": cluster["name"], "uuid": cluster["uuid"]}, "cluster"
    svm = call.store.get("svm", uuid) if uuid else call.sim.svm_by_name(name)
    if svm is None:
        raise ApiError(400, 2621462, f'SVM "{name or uuid}" does not exist.', "owner.name")
    return {"name": svm["name"], "uuid": svm["uuid"]}, "svm"


class Owned(Stored):
    """Records with an owner: the cluster or an SVM."""

    keys = (("owner.uuid", "owner.uuid"), ("name", "name"))
    scope = "both"

    def identity(self, record):
        return f"{record['owner']['uuid']}/{record['name']}"

    def visible(self, call, params):
        for record in self.rows(call, params):
            if call.svm is None or record["owner"]["uuid"] == call.svm["uuid"]:
                yield record


class Accounts(Owned):
    path = "/security/accounts"
    table = "account"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        owner.name      str  ic
        owner.uuid      uuid ic
        name            str  icr
        scope           str  -
        role.name       str  cm
        locked          bool cm =false
        comment         str  cm
        password        str  cms
        password_hash_algorithm str cm
        applications[].application amqp|console|http|ontapi|service_processor|ssh cm
        applications[].authentication_methods list cm
        applications[].second_authentication_method str cm
        applications[].is_ldap_fastbind bool cm >=9.14
        applications[].is_ns_switch_group str cm >=9.14
        ldap_fastbind   bool cm >=9.11
        """)

    def show(self, call, record, wanted):
        role = f"/api/security/roles/{record['owner']['uuid']}/{record['role']['name']}"
        return {**record, "role": {**record["role"], "_links": {"self": {"href": role}}}}

    def _applications(self, items):
        result = []
        for item in items:
            methods = item.get("authentication_methods") or ["password"]
            for method in methods:
                if method not in APPLICATIONS[item["application"]]:
                    raise ApiError(
                        400,
                        5636176,
                        f'Authentication method "{method}" is not possible for application '
                        f'"{item["application"]}".',
                        "applications",
                    )
            # facts: every application says whether there is a second method; clients compare it
            result.append(
                {
                    "second_authentication_method": "none",
                    "is_ldap_fastbind": False,
                    "is_ns_switch_group": "no",
                    **item,
                    "authentication_methods": methods,
                }
            )
        return result

    def _role(self, name, owner, scope):
        predefined = rights.PREDEFINED_SVM if scope == "svm" else rights.PREDEFINED
        if name not in predefined and not self.store.get("role", f"{owner['uuid']}/{name}"):
            raise ApiError(400, 1261215, f'The role "{name}" does not exist.', "role.name")
        return {"name": name}

    def _password(self, password, name):
        if not 8 <= len(password) <= 128:
            raise ApiError(400, 7077897, "A password has 8 to 128 characters.", "password")
        if not (re.search("[A-Za-z]", password) and re.search("[0-9]", password)):
            raise ApiError(400, 7077899, "A password has at least one letter and one digit.", "password")
        if name and name in password:
            raise ApiError(400, 7077901, "A password must not contain the user name.", "password")
        return hash_password(password)

    def create(self, call, params, body):
        owner, scope = find_owner(call, body)
        name = body.get("name", "")
        if not NAME.match(name):
            raise ApiError(400, 5636178, f'"{name}" is not a valid account name.', "name")
        if name in RESERVED:
            raise ApiError(400, 5636121, f'The account name "{name}" is reserved.', "name")
        if self.store.get("account", f"{owner['uuid']}/{name}"):
            raise ApiError(409, 1, f'The account "{name}" already exists.', "name")
        if not body.get("applications"):
            raise ApiError(400, 262212, 'The required field "applications" is missing', "applications")
        record = {
            "owner": owner,
            "name": name,
            "scope": scope,
            "locked": body.get("locked", False),
            "applications": self._applications(body["applications"]),
            "role": self._role(
                (body.get("role") or {}).get("name", "vsadmin" if scope == "svm" else "admin"), owner, scope
            ),
        }
        if body.get("comment"):
            record["comment"] = body["comment"]
        needs = any("password" in item["authentication_methods"] for item in record["applications"])
        if needs and not body.get("password"):
            raise ApiError(400, 5636154, "A password is required for password authentication.", "password")
        if body.get("password"):
            record["password_hash"] = self._password(body["password"], name)
        self.save(record)
        return record

    def modify(self, call, record, changes):
        new = merge(
            record, {key: value for key, value in changes.items() if key not in ("password", "name", "owner")}
        )
        if "applications" in changes:
            new["applications"] = self._applications(changes["applications"])
        if "role" in changes:
            new["role"] = self._role(changes["role"]["name"], record["owner"], record["scope"])
        if "password" in changes:
            if record.get("password_hash") and password_matches(changes["password"], record["password_hash"]):
                # facts C1: the user module takes a text about reuse as "unchanged"
                raise ApiError(
                    400, 7077918, "New password must be different than the old password.", "password"
                )
            new["password_hash"] = self._password(changes["password"], record["name"])
        self._keep_an_admin(record, new)
        self.save(new)

    def _keep_an_admin(self, record, new):
        def administers(item):
            return item["role"]["name"] == "admin" and not item["locked"] and item["scope"] == "cluster"

        if administers(record) and not (new and administers(new)):
            others = [
                item
                for item in self.store.all("account")
                if administers(item) and self.identity(item) != self.identity(record)
            ]
            if not others:
                raise ApiError(
                    409, 5636098, "The last account with the role admin cannot be locked, changed or deleted."
                )

    def delete(self, call, record):
        self._keep_an_admin(record, None)
        self.forget(record)


ALL = (Accounts,)
