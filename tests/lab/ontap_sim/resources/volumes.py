# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexVols (facts B4): records, and the real file system behind each."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re

from ..errors import ApiError
from ..schema import merge
from . import volume_space
from .base import Stored, find_export_policy, find_qos, find_svm, new_uuid, owner, rename_references, wants
from .svms import snapshot_policy
from .volume_schema import VOLUME

SMALLEST = 20 << 20
LARGEST = 100 << 40
NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


class Volumes(Stored):
    path = "/storage/volumes"
    table = "volume"
    methods = ("GET", "POST", "PATCH", "DELETE")
    options = {
        "DELETE": ("force",),
        "PATCH": ("sizing_method", "restore_to.snapshot.name", "restore_to.snapshot.uuid"),
    }
    schema = VOLUME

    # ---- reading
    def show(self, call, record, wanted):
        result = dict(record)
        if wants(wanted, "space") or wants(wanted, "files"):
            result["space"] = merge(record.get("space", {}), volume_space.space(self.sim, record))
            result["files"] = {**volume_space.files(self.sim, record), **record.get("files", {})}
        nas = result["nas"]
        policy = self.store.get("export_policy", nas["export_policy"]["id"])
        result["nas"] = {**nas, "export_policy": {"id": policy["id"], "name": policy["name"]}}
        if nas.get("path") in (None, ""):
            result["nas"].pop("path", None)
        elif nas["path"] != "/" and wants(wanted, "nas.junction_parent"):
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
        if {result["efficiency"]["dedupe"], result["efficiency"]["compression"]} == {"none"}:
            result["efficiency"]["state"] = "disabled"  # na_ontap_volume_efficiency finds it so
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
        if body.get("type", "rw") != "rw":
            raise ApiError(400, 3, "Only volumes of type rw are simulated.", "type")
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
            await asyncio.to_thread(
                flexvol.create, record["size"], volume_space.usable(record["size"], record)
            )
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
        wanted = changes.pop("aggregates", record["aggregates"])
        if [self._aggregate([item], svm)["uuid"] for item in wanted] != [record["aggregates"][0]["uuid"]]:
            raise ApiError(400, 3, "Moving a volume to another aggregate is not simulated.", "aggregates")
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
            if volume_space.usable(new["size"], new) != volume_space.usable(record["size"], record):
                await asyncio.to_thread(self._resize, new)
            self._root_mode(new)
        if state != record["state"]:
            self._switch(new, state)
            if state == "online" and volume_space.usable(new["size"], new) != volume_space.usable(
                record["size"], record
            ):
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
        usable = volume_space.usable(record["size"], record)
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
        usable = volume_space.usable(record["size"], record)
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
