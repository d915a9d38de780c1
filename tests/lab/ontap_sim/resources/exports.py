# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export policies (facts B8)."""

from __future__ import annotations

from ..errors import ApiError
from ..schema import Schema
from .base import Stored, find_svm, owner
from .export_rules import ExportRules


class ExportPolicies(Stored):
    path = "/protocols/nfs/export-policies"
    table = "export_policy"
    keys = (("id", "id"),)
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        id                 int  i
        name               str  icrm
        svm.name           str  ci
        svm.uuid           uuid ci
        rules              any  cm
        """)

    def identity(self, record):
        return record["id"]

    def show(self, call, record, wanted):
        if "rules" not in wanted:
            return record
        rules = [
            {key: value for key, value in rule.items() if key not in ("policy", "svm")}
            for rule in self.store.all("export_rule")
            if rule["policy"]["id"] == record["id"]
        ]
        return {**record, "rules": sorted(rules, key=lambda rule: rule["index"])}

    def _check_name(self, name, svm):
        if " " in name:
            raise ApiError(400, 1703952, f'The export policy name "{name}" contains a space.', "name")
        if len(name) > 256:
            raise ApiError(400, 1704047, "An export policy name has at most 256 characters.", "name")
        if any(
            item["name"] == name and item["svm"]["uuid"] == svm["uuid"]
            for item in self.store.all("export_policy")
        ):
            raise ApiError(409, 1, f'Export policy "{name}" already exists in SVM "{svm["name"]}".', "name")

    def _set_rules(self, call, policy, rules):
        rule_resource = self.sim.resources[ExportRules.path]
        for key, rule in list(self.store.table("export_rule").items()):
            if rule["policy"]["id"] == policy["id"]:
                self.store.remove("export_rule", key)
        for rule in rules:
            body = rule_resource.schema.load(rule, "POST", call.version)
            rule_resource.insert(call, policy, body)

    def create(self, call, params, body):
        svm = find_svm(call, body)
        if not body.get("name"):
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        self._check_name(body["name"], svm)
        with self.store.change():
            number = self.store.next_number("export_policy", 8589934593)
            record = {"id": number, "name": body["name"], "svm": owner(svm)}
            self.save(record)
            self._set_rules(call, record, body.get("rules") or [])
        return record

    def modify(self, call, record, changes):
        with self.store.change():
            if changes.get("name", record["name"]) != record["name"]:
                if record["name"] == "default":
                    raise ApiError(400, 1703947, "The default export policy cannot be renamed or deleted.")
                self._check_name(changes["name"], record["svm"])
                self.save({**record, "name": changes["name"]})
            if "rules" in changes:
                self._set_rules(call, record, changes["rules"])

    def delete(self, call, record):
        if record["name"] == "default":
            raise ApiError(400, 1703947, "The default export policy cannot be renamed or deleted.")
        for volume in self.store.all("volume"):
            if volume["nas"]["export_policy"]["id"] == record["id"]:
                raise ApiError(
                    409, 1703945, f'Export policy "{record["name"]}" is in use by volume "{volume["name"]}".'
                )
        for qtree in self.store.all("qtree"):
            if (qtree.get("export_policy") or {}).get("id") == record["id"]:
                raise ApiError(
                    409, 1703953, f'Export policy "{record["name"]}" is in use by qtree "{qtree["name"]}".'
                )
        with self.store.change():
            for key, rule in list(self.store.table("export_rule").items()):
                if rule["policy"]["id"] == record["id"]:
                    self.store.remove("export_rule", key)
            self.forget(record)


ALL = (ExportPolicies,)
