# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SVMs (facts B9): making one makes its root volume and its default export policy."""

from __future__ import annotations

from ..errors import ApiError
from ..schema import Schema, get, merge
from .base import Stored, new_uuid, owner, rename_references, wants

PROTOCOLS = ("nfs", "cifs", "iscsi", "fcp", "nvme", "s3", "ndmp")
TABLES_WITH_SVM = (
    "volume",
    "lif",
    "nfs",
    "export_policy",
    "qtree",
    "lun",
    "igroup",
    "lun_map",
    "iscsi",
    "qos",
    "snapshot",
)


class Svms(Stored):
    path = "/svm/svms"
    table = "svm"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        uuid                     uuid i
        name                     str  irm
        state                    starting|running|stopping|stopped|deleting|initializing  m
        subtype                  str  c   =default
        language                 str  cm  =c.utf_8
        comment                  str  cm  =
        aggregates[].name        str  cm
        aggregates[].uuid        uuid cm
        aggregates[].available_size size -
        ipspace.name             str  c
        ipspace.uuid             uuid c
        snapshot_policy.name     str  cm
        snapshot_policy.uuid     uuid cm
        nfs.allowed              bool cm
        nfs.enabled              bool c
        cifs.allowed             bool cm
        cifs.enabled             bool c
        iscsi.allowed            bool cm
        iscsi.enabled            bool c
        fcp.allowed              bool cm
        fcp.enabled              bool c
        nvme.allowed             bool cm
        nvme.enabled             bool c
        s3.allowed               bool cm  >=9.10
        s3.enabled               bool c
        ndmp.allowed             bool cm
        dns.domains              list cm
        dns.servers              list cm
        max_volumes              str  cm  >=9.9
        qos_policy.name          str  cm
        anti_ransomware_default_volume_state str cm >=9.10 =disabled
        auto_enable_analytics    bool cm  >=9.12 =false
        auto_enable_activity_tracking bool cm >=9.12 =false
        is_space_reporting_logical bool cm >=9.11
        is_space_enforcement_logical bool cm >=9.11
        storage.limit            size cm  >=9.13
        storage.limit_threshold_alert int cm >=9.13
        storage.limit_threshold_exceeded str - >=9.13
        storage.allocated        size -   >=9.13
        storage.available        size -   >=9.13
        storage.used_percentage  int  -   >=9.13
        number_of_volumes_in_recovery_queue int - >=9.13
        """)

    def visible(self, call, params):
        for svm in self.rows(call, params):
            if call.svm is None or call.svm["uuid"] == svm["uuid"]:
                yield svm

    def show(self, call, record, wanted):
        result = {"max_volumes": "unlimited", **record}
        for protocol in PROTOCOLS:
            if not wants(wanted, protocol):
                continue
            state = {"allowed": False, **record.get(protocol, {})}
            service = self.store.get(protocol, record["uuid"]) if protocol in ("nfs", "iscsi") else None
            if protocol != "ndmp":
                state["enabled"] = bool(service and service["enabled"])
            if service:  # facts C1: the svm module decides by this link whether the service exists
                base = (
                    "/api/protocols/nfs/services/"
                    if protocol == "nfs"
                    else "/api/protocols/san/iscsi/services/"
                )
                state["_links"] = {"self": {"href": base + record["uuid"]}}
            result[protocol] = state
        if wants(wanted, "storage"):
            used = sum(
                item["size"] for item in self.store.all("volume") if item["svm"]["uuid"] == record["uuid"]
            )
            result["storage"] = {
                "limit": 0,
                "limit_threshold_alert": 90,
                "limit_threshold_exceeded": "false",
                "allocated": used,
                **record.get("storage", {}),
            }
        if wants(wanted, "aggregates"):
            result["aggregates"] = [
                {"name": item["name"], "uuid": item["uuid"]} for item in record.get("aggregates", [])
            ]
        return result

    def _aggregates(self, items):
        known = self.store.all("aggregate")
        result = []
        for item in items:
            found = next(
                (
                    aggregate
                    for aggregate in known
                    if item.get("uuid", aggregate["uuid"]) == aggregate["uuid"]
                    and item.get("name", aggregate["name"]) == aggregate["name"]
                ),
                None,
            )
            if found is None:
                raise ApiError(
                    400,
                    13434891,
                    f'Aggregate "{item.get("name", item.get("uuid"))}" does not exist.',
                    "aggregates",
                )
            result.append({"name": found["name"], "uuid": found["uuid"]})
        return result

    def _check_name(self, name):
        if len(name) > 47:
            raise ApiError(400, 13434911, "The name of an SVM has at most 47 characters.", "name")
        if self.sim.svm_by_name(name):
            raise ApiError(409, 13434908, f'The SVM name "{name}" is already used.', "name")

    def create(self, call, params, body):
        if call.account.get("scope") == "svm":
            raise ApiError(403, 6, "not authorized for that command")
        name = body.get("name")
        if not name:
            raise ApiError(400, 13434884, "The name of an SVM is required.", "name")
        self._check_name(name)
        if len([item for item in self.sim.jobs.running.values() if getattr(item, "svm_create", False)]) >= 5:
            raise ApiError(503, 13434894, "At most five SVM jobs run at once.")
        aggregates = self._aggregates(body.get("aggregates", []))
        services = {name: body.pop(name, {}) for name in PROTOCOLS}

        async def work(job):
            with self.store.change():
                make_svm(self.sim, record, services)

        record = merge(
            self.schema.defaults(call.version), {**body, "aggregates": aggregates, "uuid": new_uuid()}
        )
        job = self.sim.jobs.start(f"POST /api/svm/svms/{record['uuid']}", work)
        job.svm_create = True
        return record, job

    def modify(self, call, record, changes):
        if "name" in changes and changes["name"] != record["name"]:
            self._check_name(changes["name"])
        if "aggregates" in changes:
            changes["aggregates"] = self._aggregates(changes["aggregates"])
        if changes.get("snapshot_policy"):
            changes["snapshot_policy"] = snapshot_policy(self.store, changes["snapshot_policy"])

        async def work(job):
            with self.store.change():
                now = self.store.get("svm", record["uuid"])
                self.store.put("svm", record["uuid"], merge(now, changes))
                if changes.get("name", record["name"]) != record["name"]:
                    rename_references(self.store, TABLES_WITH_SVM, "svm", record["uuid"], changes["name"])

        return self.sim.jobs.start(f"PATCH /api/svm/svms/{record['uuid']}", work)

    def delete(self, call, record):
        left = [
            item["name"]
            for item in self.store.all("volume")
            if item["svm"]["uuid"] == record["uuid"] and not item["is_svm_root"]
        ]
        if left:
            raise ApiError(409, 13434886, f'SVM "{record["name"]}" still has volumes: {", ".join(left)}.')

        async def work(job):
            with self.store.change():
                for table in (*TABLES_WITH_SVM, "export_rule"):
                    for key, item in list(self.store.table(table).items()):
                        if get(item, "svm.uuid") == record["uuid"]:
                            self.store.remove(table, key)
                self.forget(record)

        return self.sim.jobs.start(f"DELETE /api/svm/svms/{record['uuid']}", work)


def snapshot_policy(store, named):
    for policy in store.all("snapshot_policy"):
        if (
            named.get("uuid", policy["uuid"]) == policy["uuid"]
            and named.get("name", policy["name"]) == policy["name"]
        ):
            return {"name": policy["name"], "uuid": policy["uuid"]}
    raise ApiError(
        400,
        917551,
        f'The snapshot policy "{named.get("name", named.get("uuid"))}" does not exist.',
        "snapshot_policy",
    )


def make_svm(sim, record, services):
    """An SVM with its root volume, its default export policy (no rules: nobody may mount), its services."""
    store = sim.store
    record.setdefault("ipspace", {}).setdefault("name", "Default")
    record["snapshot_policy"] = snapshot_policy(store, record.get("snapshot_policy") or {"name": "default"})
    record.setdefault("state", "running")
    for protocol in PROTOCOLS:
        allowed = services.get(protocol, {}).get(
            "allowed", protocol in ("nfs", "iscsi") or services.get(protocol, {}).get("enabled", False)
        )
        record[protocol] = {"allowed": allowed}
    store.put("svm", record["uuid"], record)
    policy_id = store.next_number("export_policy", 8589934593)
    store.put("export_policy", policy_id, {"id": policy_id, "name": "default", "svm": owner(record)})
    aggregate = (
        record.get("aggregates")
        or [{key: item[key] for key in ("name", "uuid")} for item in store.all("aggregate")]
    )[0]
    root = new_uuid()
    store.put(
        "volume",
        root,
        {
            "uuid": root,
            "name": f"{record['name']}_root",
            "svm": owner(record),
            "size": 1 << 30,
            "state": "online",
            "type": "rw",
            "style": "flexvol",
            "is_svm_root": True,
            "language": record["language"],
            "aggregates": [aggregate],
            "guarantee": {"type": "volume", "honored": True},
            "snapshot_policy": {"name": "none", "uuid": root},
            "nas": {
                "path": "/",
                "security_style": "unix",
                "uid": 0,
                "gid": 0,
                "unix_permissions": 755,
                "export_policy": {"id": policy_id, "name": "default"},
            },
            "space": {"snapshot": {"reserve_percent": 5}},
            "efficiency": {"state": "disabled", "compression": "none"},
            "error_state": {"is_inconsistent": False, "has_bad_blocks": False},
            "create_time": sim.clock.text(),
        },
    )
    if services.get("nfs", {}).get("enabled"):
        from .nfs import NfsServices

        store.put(
            "nfs",
            record["uuid"],
            {**NfsServices.schema.defaults(sim.version), "svm": owner(record), "state": "online"},
        )
    if services.get("iscsi", {}).get("enabled"):
        from .san import new_iscsi_service

        store.put("iscsi", record["uuid"], new_iscsi_service(sim, record))


ALL = (Svms,)
