# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexVols (facts B4): records, and the real file system behind each."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_export_policy, find_qos, find_svm, new_uuid, owner, rename_references, wants
from .svms import snapshot_policy

SMALLEST = 20 << 20
LARGEST = 100 << 40
NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


class Volumes(Stored):
    path = "/storage/volumes"
    table = "volume"
    methods = ("GET", "POST", "PATCH", "DELETE")
    options = {
        "DELETE": ("force",),
        "PATCH": (
            "sizing_method",
            "validate_only",
            "snapshot_directory_access_enabled",
            "restore_to.snapshot.name",
            "restore_to.snapshot.uuid",
            "restore_to.path",
            "nvfail",
        ),
        "POST": ("validate_only",),
    }
    schema = Schema("""
        uuid                      uuid i
        name                      str  irm
        svm.name                  str  cr
        svm.uuid                  uuid c
        size                      size cm  =20MB
        state                     online|offline|restricted|mixed|error cm =online
        style                     flexvol|flexgroup|flexgroup_constituent c
        type                      rw|dp|ls cm =rw
        language                  str  cm
        comment                   str  cm
        create_time               date -
        is_svm_root               bool -
        is_object_store           bool -
        msid                      int  -  >=9.11
        constituents_per_aggregate int c
        constituent_count         int  -  >=9.17
        flexgroup.name            str  -
        flexgroup.uuid            uuid -
        aggregates[].name         str  cm
        aggregates[].uuid         uuid cm
        clone.is_flexclone        bool c
        clone.parent_volume.name  str  c
        clone.split_initiated     bool m
        nas.path                  str  cm
        nas.security_style        unix|ntfs|mixed|unified cm
        nas.uid                   int  cm
        nas.gid                   int  cm
        nas.unix_permissions      int  cm
        nas.export_policy.name    str  cm
        nas.export_policy.id      int  cm
        nas.junction_parent.name  str  -
        nas.junction_parent.uuid  uuid -
        guarantee.type            volume|none cm =volume
        guarantee.honored         bool -
        autosize.mode             grow|grow_shrink|off cm =off
        autosize.maximum          size cm
        autosize.minimum          size cm
        autosize.grow_threshold   int  cm
        autosize.shrink_threshold int  cm
        space.size                size cm
        space.available           size -
        space.available_percent   int  -
        space.afs_total           size -
        space.filesystem_size     size -
        space.used                size -
        space.percent_used        int  -
        space.physical_used       size -
        space.used_by_afs         size -
        space.over_provisioned    size -
        space.metadata            size -
        space.total_footprint     size -
        space.block_storage_inactive_user_data size x
        space.fractional_reserve  int  m
        space.full_threshold_percent int cm
        space.nearly_full_threshold_percent int cm
        space.large_size_enabled  bool cm  >=9.12
        space.logical_space.enforcement bool cm
        space.logical_space.reporting bool cm
        space.logical_space.available size -
        space.logical_space.used  size -
        space.logical_space.used_percent int -
        space.logical_space.used_by_afs size -
        space.snapshot.reserve_percent int cm
        space.snapshot.reserve_size size -
        space.snapshot.used       size -
        space.snapshot.autodelete_enabled bool cm
        space.snapshot.autodelete_trigger str cm
        space.snapshot.autodelete.enabled bool cm
        space.snapshot.autodelete.trigger str cm
        space.snapshot.autodelete.target_free_space int cm
        space.snapshot.autodelete.delete_order str cm
        space.snapshot.autodelete.commitment str cm
        space.snapshot.autodelete.defer_delete str cm
        space.snapshot.autodelete.prefix str cm
        files.maximum             int  cm
        files.used                int  -
        efficiency.state          enabled|disabled|mixed|- -
        efficiency.compression    inline|background|both|none|mixed cm
        efficiency.compaction     inline|none|mixed cm
        efficiency.cross_volume_dedupe str cm
        efficiency.dedupe         inline|background|both|none|mixed cm
        efficiency.policy.name    str  cm
        efficiency.policy.uuid    uuid -
        efficiency.volume_path    str  -
        efficiency.storage_efficiency_mode str cm
        efficiency.schedule       str  -
        efficiency.progress       str  -
        efficiency.last_op_begin  date -
        efficiency.last_op_end    date -
        efficiency.last_op_size   size -
        efficiency.last_op_state  str  -
        efficiency.op_state       str  -
        efficiency.type           str  -
        efficiency.space_savings.total size x
        encryption.enabled        bool cm
        encryption.state          str  -
        encryption.type           str  -
        encryption.key_id         str  -
        encryption.rekey          bool m
        encryption.status.code    str  -
        encryption.status.message str  -
        error_state.has_bad_blocks bool -
        error_state.is_inconsistent bool -
        snapshot_policy.name      str  cm
        snapshot_policy.uuid      uuid cm
        snapshot_count            int  -   >=9.10
        snapshot_directory_access_enabled bool cm
        snapshot_locking_enabled  bool cm  >=9.12
        access_time_enabled       bool m
        granular_data             bool cm  >=9.12
        granular_data_mode        str  cm  >=9.16
        max_dir_size              size cm  >=9.10
        cloud_retrieval_policy    str  cm
        cloud_write_enabled       bool cm
        qos.policy.name           str  cm
        qos.policy.uuid           uuid cm
        qos.policy.max_throughput_iops int cm
        qos.policy.max_throughput_mbps int cm
        qos.policy.min_throughput_iops int cm
        tiering.policy            str  cm
        tiering.min_cooling_days  int  cm
        tiering.object_tags       list cm
        tiering.supported         bool -
        quota.enabled             bool m
        quota.state               str  -
        snaplock.type             str  c
        snaplock.is_audit_log     bool -
        snaplock.compliance_clock_time date -
        snaplock.expiry_time      date -
        snapmirror.is_protected   bool -
        analytics.state           str  cm
        analytics.supported       bool -
        analytics.scan_progress   int  -
        activity_tracking.state   str  cm >=9.10
        activity_tracking.supported bool - >=9.10
        anti_ransomware.state     str  cm >=9.10
        anti_ransomware.dry_run_start_time date - >=9.10
        anti_ransomware.attack_probability str - >=9.10
        anti_ransomware.surge_as_normal bool m >=9.11
        anti_ransomware.clear_suspect.file str m >=9.10
        application.name          str  -
        application.uuid          uuid -
        consistency_group.name    str  -
        consistency_group.uuid    uuid -
        is_large_dir_enabled      bool - >=9.16
        aggressive_readahead_mode str  cm >=9.13
        movement.state            str  m
        movement.destination_aggregate.name str m
        movement.percent_complete int  -
        restore_to.snapshot.name  str  m
        restore_to.snapshot.uuid  uuid m
        nodes[].name              str  - >=9.15
        nodes[].uuid              uuid - >=9.15
        status                    list -
        _tags                     list cm >=9.13
        asynchronous_directory_delete.enabled bool m >=9.13
        scheduled_snapshot_naming_scheme str cm >=9.10
        """)

    # ---- reading
    def show(self, call, record, wanted):
        result = dict(record)
        if wants(wanted, "space") or wants(wanted, "files"):
            result["space"] = merge(record.get("space", {}), self._space(record))
            result["files"] = {**self._files(record), **record.get("files", {})}
        nas = result["nas"]
        policy = self.store.get("export_policy", nas["export_policy"]["id"])
        result["nas"] = {**nas, "export_policy": {"id": policy["id"], "name": policy["name"]}}
        if nas.get("path") in (None, ""):
            result["nas"].pop("path", None)
        elif nas["path"] != "/":
            result["nas"]["junction_parent"] = self._parent(record)
        efficiency = record.get("efficiency", {})
        result["efficiency"] = {
            "volume_path": f"/vol/{record['name']}",
            "state": "enabled",
            "compression": "none",
            "compaction": "none",
            "dedupe": "background",
            "cross_volume_dedupe": "none",
            "op_state": "idle",
            **efficiency,
        }
        if "snapshot_count" in wanted:
            result["snapshot_count"] = sum(
                item["volume"]["uuid"] == record["uuid"] for item in self.store.all("snapshot")
            )
        return result

    def _parent(self, record):
        best = None
        for other in self.store.all("volume"):
            path = other["nas"].get("path")
            if not path or other["svm"]["uuid"] != record["svm"]["uuid"] or other["uuid"] == record["uuid"]:
                continue
            covers = path == "/" or record["nas"]["path"].startswith(path + "/")
            if covers and (best is None or len(path) > len(best["nas"]["path"])):
                best = other
        return {"name": best["name"], "uuid": best["uuid"]} if best else None

    def usable(self, size, record):
        return size * (100 - record.get("space", {}).get("snapshot", {}).get("reserve_percent", 0)) // 100

    def _space(self, record):
        size = record["size"]
        total = self.usable(size, record)
        if record["is_svm_root"] or record["state"] != "online":
            available = total if record["is_svm_root"] else 0
            used = 1 << 20
        else:
            flexvol = self.sim.flexvol(record["uuid"])
            available = min(total, flexvol.available())
            used = max(0, total - available)
        percent = used * 100 // total if total else 0
        reserve = size - total
        return {
            "size": size,
            "afs_total": total,
            "filesystem_size": size,
            "available": available,
            "used": used,
            "percent_used": percent,
            "available_percent": 100 - percent,
            "physical_used": used,
            "used_by_afs": used,
            "over_provisioned": 0,
            "metadata": 0,
            "total_footprint": used,
            "fractional_reserve": 0,
            "full_threshold_percent": record.get("space", {}).get("full_threshold_percent", 98),
            "nearly_full_threshold_percent": record.get("space", {}).get("nearly_full_threshold_percent", 95),
            "logical_space": {
                "enforcement": False,
                "reporting": False,
                "available": available,
                "used": used,
                "used_by_afs": used,
                "used_percent": percent,
                **record.get("space", {}).get("logical_space", {}),
            },
            "snapshot": {
                "reserve_size": reserve,
                "used": 0,
                "autodelete_enabled": False,
                **record.get("space", {}).get("snapshot", {}),
            },
        }

    def _files(self, record):
        maximum = max(96, record["size"] // 32768)
        if record["is_svm_root"] or record["state"] != "online":
            return {"maximum": maximum, "used": 96}
        state = os.statvfs(self.sim.flexvol(record["uuid"]).mount_point)
        return {"maximum": maximum, "used": state.f_files - state.f_ffree}

    # ---- creating
    def _check_name(self, name, svm):
        if len(name) > 203:
            raise ApiError(400, 917887, "A volume name has at most 203 characters.", "name")
        if not NAME.match(name):
            raise ApiError(
                400,
                917886,
                f'Invalid volume name "{name}": it begins with a letter or "_" and has letters, digits and'
                ' "_" only.',
                "name",
            )
        if any(
            item["name"] == name and item["svm"]["uuid"] == svm["uuid"] for item in self.store.all("volume")
        ):
            raise ApiError(409, 917526, f'Volume "{name}" already exists in SVM "{svm["name"]}".', "name")

    def _check_junction(self, path, svm, own=None):
        if not path.startswith("/") or path != "/" and path.endswith("/") or "//" in path:
            raise ApiError(
                400,
                918236,
                f'Invalid junction path "{path}": it begins with "/" and does not end with one.',
                "nas.path",
            )
        for other in self.store.all("volume"):
            if (
                other["svm"]["uuid"] == svm["uuid"]
                and other["uuid"] != own
                and (other["nas"].get("path") or "").lower() == path.lower()
            ):  # facts B4: without regard to case
                raise ApiError(
                    409,
                    917740,
                    f'Junction path "{path}" is already used by volume "{other["name"]}".',
                    "nas.path",
                )

    def _aggregate(self, items, svm):
        if len(items) != 1:
            raise ApiError(
                400,
                13107223,
                "FlexGroup volumes are not simulated; give exactly one aggregate.",
                "aggregates",
            )
        wanted = items[0]
        for aggregate in self.store.all("aggregate"):
            if (
                wanted.get("uuid", aggregate["uuid"]) == aggregate["uuid"]
                and wanted.get("name", aggregate["name"]) == aggregate["name"]
            ):
                return aggregate
            if wanted.get("uuid") == aggregate["uuid"]:
                raise ApiError(
                    400,
                    787141,
                    "aggregates.name and aggregates.uuid refer to different aggregates.",
                    "aggregates",
                )
        raise ApiError(
            400,
            917508,
            f'Aggregate "{wanted.get("name", wanted.get("uuid"))}" does not exist.',
            "aggregates.name",
        )

    def _check_size(self, size):
        if size < SMALLEST:
            raise ApiError(
                400,
                917534,
                f"The volume size {size} is too small; at least {SMALLEST} bytes are needed.",
                "size",
            )
        if size > LARGEST:
            raise ApiError(400, 917535, f"The volume size {size} is too large.", "size")

    def create(self, call, params, body):
        svm = find_svm(call, body)
        name = body.get("name")
        if not name:
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        self._check_name(name, svm)
        if body.get("style", "flexvol") != "flexvol" or body.get("constituents_per_aggregate"):
            raise ApiError(400, 13107223, "FlexGroup volumes are not simulated.", "style")
        if not body.get("aggregates"):
            raise ApiError(
                400, 787140, "One of aggregates.name, aggregates.uuid or style must be given.", "aggregates"
            )
        aggregate = self._aggregate(body["aggregates"], svm)
        size = body.get("size", body.get("space", {}).get("size", SMALLEST))
        self._check_size(size)
        reserve = body.get("space", {}).get("snapshot", {}).get("reserve_percent", 5)
        if not 0 <= reserve <= 90:
            raise ApiError(
                400,
                917835,
                "The snapshot reserve may be at most 90 percent.",
                "space.snapshot.reserve_percent",
            )
        nas = {"security_style": "unix", "uid": 0, "gid": 0, "unix_permissions": 755, **body.get("nas", {})}
        if nas.get("path"):
            self._check_junction(nas["path"], svm)
        policy = find_export_policy(call, nas.get("export_policy") or {"name": "default"}, svm)
        nas["export_policy"] = {"id": policy["id"], "name": policy["name"]}
        record = merge(self.schema.defaults(call.version), body)
        record.update(
            uuid=new_uuid(),
            svm=owner(svm),
            size=size,
            style="flexvol",
            is_svm_root=False,
            nas=nas,
            aggregates=[{"name": aggregate["name"], "uuid": aggregate["uuid"]}],
            guarantee={"type": record["guarantee"]["type"], "honored": True},
            language=body.get("language", svm.get("language", "c.utf_8")),
            create_time=self.sim.clock.text(),
            snapshot_policy=snapshot_policy(self.store, body.get("snapshot_policy") or {"name": "default"}),
            space=merge(body.get("space", {}), {"snapshot": {"reserve_percent": reserve}}),
            encryption={
                "enabled": body.get("encryption", {}).get("enabled", False),
                "state": "none",
                "rekey": False,
            },
            error_state={"is_inconsistent": False, "has_bad_blocks": False},
            clone={"is_flexclone": False},
            snapmirror={"is_protected": False},
            snaplock={"type": "non_snaplock"},
            quota={"state": "off"},
            tiering={"policy": "none", **body.get("tiering", {})},
            analytics={"state": "off", **body.get("analytics", {})},
            snapshot_directory_access_enabled=body.get("snapshot_directory_access_enabled", True),
            access_time_enabled=True,
            msid=int(new_uuid()[:8], 16),
            movement={},
        )
        record.setdefault("comment", "")
        record["space"].pop("size", None)
        if body.get("qos"):
            record["qos"] = self._qos(call, body["qos"], svm)
        with self.store.change():
            # the name is taken from now on; the volume can be used when the job has ended
            self.save({**record, "state": "error", "wanted_state": record["state"]})
        job = self.sim.jobs.start(
            f"POST /api/storage/volumes/{record['uuid']}", lambda job: self._make(record), svm
        )
        return record, job

    async def _make(self, record):
        flexvol = self.sim.flexvol(record["uuid"])
        try:
            await asyncio.to_thread(flexvol.create, record["size"], self.usable(record["size"], record))
            self._root_mode(record)
        except BaseException:
            self.forget(record)
            raise
        if record["state"] != "online":
            await asyncio.to_thread(flexvol.unmount)
        self.save(record)

    def _root_mode(self, record):
        root = self.sim.flexvol(record["uuid"]).root
        os.chown(root, record["nas"]["uid"], record["nas"]["gid"])
        os.chmod(root, int(str(record["nas"]["unix_permissions"]), 8))

    def _qos(self, call, named, svm):
        policy = find_qos(call, named.get("policy") or {}, svm)
        return {"policy": {"name": policy["name"], "uuid": policy["uuid"]}} if policy else {}

    # ---- changing
    def modify(self, call, record, changes):
        svm = self.store.get("svm", record["svm"]["uuid"])
        if (
            "restore_to" in changes
            or call.option("restore_to.snapshot.name")
            or call.option("restore_to.snapshot.uuid")
        ):
            return self._restore(call, record, changes)
        size = changes.pop("size", None) or changes.get("space", {}).pop("size", None)
        if size is not None:
            self._check_size(size)
        if "name" in changes and changes["name"] != record["name"]:
            self._check_name(changes["name"], svm)
        nas = changes.get("nas") or {}
        if nas.get("path"):
            self._check_junction(nas["path"], svm, record["uuid"])
            if changes.get("state", record["state"]) != "online":
                raise ApiError(
                    400, 917740, f'Volume "{record["name"]}" is not online and cannot be mounted.', "nas.path"
                )
        if "export_policy" in nas:
            policy = find_export_policy(call, nas["export_policy"], svm)
            nas["export_policy"] = {"id": policy["id"], "name": policy["name"]}
        if changes.get("snapshot_policy"):
            changes["snapshot_policy"] = snapshot_policy(self.store, changes["snapshot_policy"])
        if "qos" in changes:
            changes["qos"] = self._qos(call, changes["qos"], svm)
        if "aggregates" in changes:
            changes.pop("aggregates")
        reserve = changes.get("space", {}).get("snapshot", {}).get("reserve_percent")
        if reserve is not None and not 0 <= reserve <= 100:
            raise ApiError(
                400,
                917835,
                "The snapshot reserve must be between 0 and 100 percent.",
                "space.snapshot.reserve_percent",
            )
        if changes.get("state") == "offline" and record["is_svm_root"]:
            raise ApiError(400, 917531, "The root volume of an SVM cannot be taken offline.", "state")
        return self.sim.jobs.start(
            f"PATCH /api/storage/volumes/{record['uuid']}",
            lambda job: self._apply(record["uuid"], changes, size),
            svm,
        )

    async def _apply(self, uuid, changes, size):
        record = self.store.get("volume", uuid)
        new = merge(record, changes)
        if "qos" in changes:
            new["qos"] = changes["qos"]
        if size is not None:
            new["size"] = size
        state = changes.get("state", record["state"])
        if new["nas"].get("path") == "":
            new["nas"] = {key: value for key, value in new["nas"].items() if key != "path"}
        if not record["is_svm_root"] and record["state"] == "online":
            if self.usable(new["size"], new) != self.usable(record["size"], record):
                await asyncio.to_thread(self._resize, new)
            self._root_mode(new)
        if state != record["state"]:
            self._switch(new, state)
            if state == "online" and self.usable(new["size"], new) != self.usable(record["size"], record):
                await asyncio.to_thread(self._resize, new)
        with self.store.change():
            self.save(new)
            if new["name"] != record["name"]:
                rename_references(self.store, ("qtree", "snapshot"), "volume", uuid, new["name"])
                rename_references(self.store, ("lun",), "location.volume", uuid, new["name"])
                self._rename_luns(record["name"], new)

    def _rename_luns(self, old, volume):
        for lun in self.store.all("lun"):
            if lun["location"]["volume"]["uuid"] == volume["uuid"]:
                tail = lun["name"][len(f"/vol/{old}/") :]
                self.store.put("lun", lun["uuid"], {**lun, "name": f"/vol/{volume['name']}/{tail}"})

    def _resize(self, record):
        flexvol = self.sim.flexvol(record["uuid"])
        usable = self.usable(record["size"], record)
        if flexvol.used() > usable:
            raise ApiError(
                400, 917545, f'Volume "{record["name"]}" holds more data than the new size.', "size"
            )
        flexvol.resize(record["size"], usable)

    def _switch(self, record, state):
        """Online and offline really (un)mount; offline drops the junction (facts B4)."""
        flexvol = self.sim.flexvol(record["uuid"])
        record["state"] = state
        if state == "online":
            flexvol.mount()
        else:
            record["nas"] = {key: value for key, value in record["nas"].items() if key != "path"}
            # still in use somewhere: no request gets at it any more
            with contextlib.suppress(OSError):
                flexvol.unmount()

    def set_state(self, record, state):
        """For the control endpoint: as if the volume went offline by itself; the junction stays."""
        new = dict(record)
        if state == "online":
            self.sim.flexvol(record["uuid"]).mount()
        new["state"] = state
        self.save(new)

    def fill(self, record, free):
        """For the control endpoint: leave only ``free`` bytes, or with None what the size says."""
        flexvol = self.sim.flexvol(record["uuid"])
        usable = self.usable(record["size"], record)
        flexvol.resize(record["size"], usable if free is None else min(usable, flexvol.used() + free))

    def _restore(self, call, record, changes):
        from .snapshots import find_snapshot

        named = (changes.get("restore_to") or {}).get("snapshot") or {
            key.rpartition(".")[2]: call.option(key)
            for key in ("restore_to.snapshot.name", "restore_to.snapshot.uuid")
            if call.option(key)
        }
        snapshot = find_snapshot(self.store, record, named)

        async def work(job):
            from .snapshots import restore

            await asyncio.to_thread(restore, self.sim.flexvol(record["uuid"]), snapshot)

        return self.sim.jobs.start(f"PATCH /api/storage/volumes/{record['uuid']}", work, record["svm"])

    # ---- deleting
    def delete(self, call, record):
        if record["is_svm_root"]:
            raise ApiError(
                400, 917531, f'Volume "{record["name"]}" is the root volume of SVM "{record["svm"]["name"]}".'
            )
        luns = [
            item for item in self.store.all("lun") if item["location"]["volume"]["uuid"] == record["uuid"]
        ]
        mapped = {item["lun"]["uuid"] for item in self.store.all("lun_map")}
        if any(item["uuid"] in mapped for item in luns):
            raise ApiError(409, 1254197, f'Volume "{record["name"]}" holds mapped LUNs.')

        async def work(job):
            await asyncio.to_thread(self.sim.flexvol(record["uuid"]).destroy)
            with self.store.change():
                for table, path in (("qtree", "volume"), ("snapshot", "volume")):
                    for key, item in list(self.store.table(table).items()):
                        if item[path]["uuid"] == record["uuid"]:
                            self.store.remove(table, key)
                for lun in luns:
                    self.store.remove("lun", lun["uuid"])
                self.forget(record)

        return self.sim.jobs.start(f"DELETE /api/storage/volumes/{record['uuid']}", work, record["svm"])


ALL = (Volumes,)
