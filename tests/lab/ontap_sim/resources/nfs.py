# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NFS services and export policies (facts B8)."""

from __future__ import annotations

import ipaddress
import re

from ..engine import Resource
from ..errors import ApiError, not_found
from ..schema import Schema, merge
from .base import Stored, find_svm, owner


class NfsServices(Stored):
    path = "/protocols/nfs/services"
    table = "nfs"
    keys = (("svm.uuid", "svm.uuid"),)
    order = ("svm.name",)
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        svm.uuid                    uuid ic
        svm.name                    str  icr
        enabled                     bool cm =true
        state                       online|offline -
        vstorage_enabled            bool cm =false
        showmount_enabled           bool cm =true
        rquota_enabled              bool cm =false
        auth_sys_extended_groups_enabled bool cm =false
        extended_groups_limit       int  cm =32
        file_session_io_grouping_count int cm
        file_session_io_grouping_duration int cm
        protocol.v3_enabled         bool cm =true
        protocol.v4_id_domain       str  cm =defaultv4iddomain.com
        protocol.v40_enabled        bool cm =false
        protocol.v41_enabled        bool cm =false
        protocol.v42_enabled        bool cm >=9.19.1
        protocol.v3_64bit_identifiers_enabled bool cm =false
        protocol.v4_64bit_identifiers_enabled bool cm =true
        protocol.v4_fsid_change     bool cm >=9.13.1 =true
        protocol.v4_lease_seconds   int  cm >=9.13.1 =30
        protocol.v4_grace_seconds   int  cm >=9.13.1 =45
        protocol.v4_session_slots   int  cm >=9.13.1
        protocol.v3_features.mount_root_only bool cm >=9.11 =true
        protocol.v3_features.ejukebox_enabled bool cm >=9.11 =true
        protocol.v3_features.connection_drop bool cm >=9.11 =true
        protocol.v3_features.fsid_change bool cm >=9.11 =true
        protocol.v3_features.hide_snapshot_enabled bool cm >=9.13.1 =false
        protocol.v3_features.network_lock_manager_port int cm >=9.11 =4045
        protocol.v3_features.mount_daemon_port int cm >=9.11 =635
        protocol.v40_features.acl_enabled bool cm =false
        protocol.v40_features.acl_preserve bool cm >=9.11 =true
        protocol.v40_features.acl_max_aces int cm >=9.11 =400
        protocol.v40_features.referrals_enabled bool cm >=9.13.1 =false
        protocol.v40_features.read_delegation_enabled bool cm =false
        protocol.v40_features.write_delegation_enabled bool cm =false
        protocol.v41_features.acl_enabled bool cm =false
        protocol.v41_features.pnfs_enabled bool cm =false
        protocol.v41_features.referrals_enabled bool cm >=9.13.1 =false
        protocol.v41_features.trunking_enabled bool cm >=9.14 =false
        protocol.v41_features.implementation_name str cm >=9.11
        protocol.v41_features.read_delegation_enabled bool cm =false
        protocol.v41_features.write_delegation_enabled bool cm =false
        protocol.v42_features.seclabel_enabled bool cm >=9.11 =false
        protocol.v42_features.xattrs_enabled bool cm >=9.11 =true
        protocol.v42_features.sparsefile_ops_enabled bool cm >=9.11 =true
        transport.tcp_enabled       bool cm =true
        transport.udp_enabled       bool cm =true
        transport.rdma_enabled      bool cm >=9.13
        transport.tcp_max_transfer_size int cm >=9.11 =65536
        root.ignore_nt_acl          bool cm >=9.11 =false
        root.skip_write_permission_check bool cm >=9.11 =false
        security.chown_mode         str  cm >=9.11 =use_export_policy
        security.nt_acl_display_permission bool cm >=9.11 =false
        security.ntfs_unix_security str  cm >=9.11 =use_export_policy
        security.permitted_encryption_types list cm >=9.11
        security.rpcsec_context_idle int cm >=9.11 =360
        windows.default_user        str  cm >=9.11
        windows.map_unknown_uid_to_default_user bool cm >=9.11 =true
        windows.v3_ms_dos_client_enabled bool cm >=9.11 =false
        credential_cache.positive_ttl int cm >=9.11 =86400000
        credential_cache.negative_ttl int cm >=9.11 =7200000
        credential_cache.transient_error_ttl int cm >=9.11 =30000
        exports.name_service_lookup_protocol str cm >=9.11
        qtree.export_enabled        bool cm >=9.10 =false
        qtree.validate_export       bool cm >=9.10 =true
        access_cache_config.ttl_positive int cm >=9.10 =3600
        access_cache_config.ttl_negative int cm >=9.10 =3600
        access_cache_config.ttl_failure  int cm >=9.10 =1
        access_cache_config.harvest_timeout int cm >=9.10 =86400
        access_cache_config.isDnsTTLEnabled bool cm >=9.10 =false
        """)

    def identity(self, record):
        return record["svm"]["uuid"]

    def _check(self, record):
        size = record["transport"].get("tcp_max_transfer_size", 65536)
        if size % 4096:
            raise ApiError(
                400,
                3277140,
                "transport.tcp_max_transfer_size must be a multiple of 4096.",
                "transport.tcp_max_transfer_size",
            )
        lease, grace = (
            record["protocol"].get("v4_lease_seconds", 30),
            record["protocol"].get("v4_grace_seconds", 45),
        )
        if not 10 <= lease <= 90 or grace <= lease:
            raise ApiError(
                400,
                3276872,
                "The NFSv4 grace period must be longer than the lease period (10 to 90 seconds).",
                "protocol.v4_grace_seconds",
            )

    def create(self, call, params, body):
        svm = find_svm(call, body)
        if self.store.get("nfs", svm["uuid"]):
            raise ApiError(409, 1, f'NFS already exists on SVM "{svm["name"]}".', "svm")
        if not svm.get("nfs", {}).get("allowed", True):
            raise ApiError(400, 2621507, f'NFS protocol is not allowed on SVM "{svm["name"]}".')
        if svm["state"] != "running":
            raise ApiError(400, 3276916, f'SVM "{svm["name"]}" is not running.')
        record = merge(self.schema.defaults(call.version), body)
        record.update(svm=owner(svm), state="online" if record["enabled"] else "offline")
        self._check(record)
        self.save(record)
        return record

    def modify(self, call, record, changes):
        changes.pop("svm", None)
        new = merge(record, changes)
        new["state"] = "online" if new["enabled"] else "offline"
        self._check(new)
        self.save(new)

    def delete(self, call, record):
        self.forget(record)


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


ALL = (NfsServices, ExportPolicies, ExportRules)
