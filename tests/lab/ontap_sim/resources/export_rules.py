# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of an export policy, in order (facts B8)."""

from __future__ import annotations

import ipaddress
import re

from ..engine import Resource
from ..errors import ApiError, not_found
from ..schema import Schema, merge

SECURITY = ("any", "none", "never", "krb5", "krb5i", "krb5p", "ntlm", "sys")
PROTOCOLS = ("any", "nfs", "nfs3", "nfs4", "cifs", "flexcache")
NAME = re.compile(r"^(@?[A-Za-z0-9_.-]+|\.[A-Za-z0-9.-]+)$")


class ExportRules(Resource):
    path = "/protocols/nfs/export-policies/{policy.id}/rules"
    keys = (("index", "index"),)
    order = ("index",)
    methods = ("GET", "POST", "PATCH", "DELETE")
    options = {"PATCH": ("new_index",)}
    schema = Schema("""
        index               int  icm
        policy.id           int  i
        policy.name         str  -
        svm.name            str  -
        svm.uuid            uuid -
        clients[].match     str  crm
        ro_rule             list crm
        rw_rule             list crm
        superuser           list cm  =any
        protocols           list cm  =any
        anonymous_user      str  cm  =none
        allow_suid          bool cm  >=9.9.1 =true
        allow_device_creation bool cm >=9.9.1 =true
        chown_mode          restricted|unrestricted cm >=9.9.1 =restricted
        ntfs_unix_security  fail|ignore cm >=9.9.1 =fail
        allow_nfs_tls_only  bool cm >=9.19
        """)

    def policy(self, call, params):
        try:
            number = int(params["policy.id"])
        except ValueError:
            raise ApiError(
                404,
                2,
                f'"{params["policy.id"]}" is an invalid value for field "policy.id" (<integer>)',
                "policy.id",
            ) from None
        policy = self.store.get("export_policy", number)
        if policy is None or call.svm and policy["svm"]["uuid"] != call.svm["uuid"]:
            raise not_found()
        return policy

    def rows(self, call, params):
        policy = self.policy(call, params)
        return [
            {**rule, "policy": {"id": policy["id"], "name": policy["name"]}}
            for rule in self.store.all("export_rule")
            if rule["policy"]["id"] == policy["id"]
        ]

    def path_params(self, params):
        return {"policy.id": params["policy.id"]}

    def _check(self, rule):
        if not rule.get("clients"):
            raise ApiError(400, 1704036, "At least one client match is required.", "clients")
        for client in rule["clients"]:
            for part in str(client.get("match", "")).split(","):
                self._check_match(part)
        for name, known in (
            ("ro_rule", SECURITY),
            ("rw_rule", SECURITY),
            ("superuser", SECURITY),
            ("protocols", PROTOCOLS),
        ):
            for value in rule.get(name) or []:
                if value not in known:
                    raise ApiError(
                        400,
                        262197,
                        f'The value "{value}" is invalid for field "{name}" (<{"|".join(known)}>)',
                        name,
                    )

    def _check_match(self, part):
        """facts B8: 1704036 to 1704065 are about the syntax of a client match."""
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            if "/" in part or not NAME.match(part) or re.fullmatch(r"[0-9.]+", part):
                raise ApiError(
                    400,
                    1704037,
                    f'Invalid client match "{part}": an address, a network, a host, a domain or a netgroup '
                    "is expected.",
                    "clients.match",
                ) from None

    def _key(self, rule):
        return f"{rule['policy']['id']}/{rule['index']}"

    def _rules(self, policy):
        return sorted(
            (rule for rule in self.store.all("export_rule") if rule["policy"]["id"] == policy["id"]),
            key=lambda rule: rule["index"],
        )

    def _write(self, policy, rules):
        for rule in self._rules(policy):
            self.store.remove("export_rule", self._key(rule))
        for rule in rules:
            self.store.put("export_rule", self._key(rule), rule)

    def insert(self, call, policy, body):
        rule = merge(self.schema.defaults(call.version), body)
        for name in ("ro_rule", "rw_rule"):
            if name not in rule:
                raise ApiError(400, 262212, f'The required field "{name}" is missing', name)
        for name in ("superuser", "protocols"):
            if isinstance(rule.get(name), str):
                rule[name] = [rule[name]]
        rule.update(policy={"id": policy["id"]}, svm=policy["svm"])
        self._check(rule)
        rules = self._rules(policy)
        compared = {key: value for key, value in rule.items() if key != "index"}
        for other in rules:
            if {key: value for key, value in other.items() if key != "index"} == compared:
                raise ApiError(409, 1704070, f"An identical export rule exists at index {other['index']}.")
        index = rule.get("index")
        if index is None:
            index = rules[-1]["index"] + 1 if rules else 1
        elif index < 1:
            raise ApiError(400, 3277162, "The index of a rule begins with 1.", "index")
        rule["index"] = index
        self._write(policy, self._placed(rules, rule))
        return rule

    def _placed(self, rules, rule):
        """Inserting at an occupied index shifts the rules from there on (facts B8)."""
        result, position = [], rule["index"]
        taken = {other["index"] for other in rules}
        if position not in taken:
            return [*rules, rule]
        for other in rules:
            result.append({**other, "index": other["index"] + 1} if other["index"] >= position else other)
        return [*result, rule]

    def _closed(self, rules, gap):
        """A rule that moves away leaves no gap."""
        return [{**rule, "index": rule["index"] - 1} if rule["index"] > gap else rule for rule in rules]

    def create(self, call, params, body):
        policy = self.policy(call, params)
        with self.store.change():
            rule = self.insert(call, policy, body)
        return {**rule, "policy": {"id": policy["id"], "name": policy["name"]}}

    def modify(self, call, record, changes):
        policy = self.store.get("export_policy", record["policy"]["id"])
        new_index = call.option("new_index") or changes.pop("index", None)
        rule = {**merge(record, changes), "policy": {"id": policy["id"]}}
        self._check(rule)
        with self.store.change():
            rules = [item for item in self._rules(policy) if item["index"] != record["index"]]
            if new_index is not None and int(new_index) != record["index"]:
                if int(new_index) < 1 or rules and int(new_index) > rules[-1]["index"] + 1:
                    raise ApiError(
                        400, 3277163, f"The rule cannot be moved to index {new_index}.", "new_index"
                    )
                rule["index"] = int(new_index)
                self._write(policy, self._placed(self._closed(rules, record["index"]), rule))
            else:
                self._write(policy, [*rules, rule])

    def delete(self, call, record):
        with self.store.change():
            self.store.remove("export_rule", self._key(record))


ALL = (ExportRules,)
