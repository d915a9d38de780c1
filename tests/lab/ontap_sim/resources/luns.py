# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs (facts B6): real files beside the volume's NFS tree; clone, copy with progress, rename, resize."""

from __future__ import annotations

import asyncio
import os

from .. import blocks
from ..errors import ApiError
from ..filepaths import Tree
from ..schema import merge
from . import lun_copy
from .base import Stored, check_fault, find_qos, find_svm, find_volume, new_uuid, owner, wants
from .licences import require_flexclone
from .lun_schema import LUN

BLOCK = 512
LARGEST = 128 << 40


def parse(name):
    """(volume, path in it) of ``/vol/<volume>[/<qtree>]/<lun>``."""
    parts = name.split("/")
    if len(parts) < 4 or parts[0] or parts[1] != "vol" or "" in parts[2:]:
        raise ApiError(
            400, 5374862, f'"{name}" is not a LUN path; /vol/<volume>[/<qtree>]/<lun> is expected.', "name"
        )
    return parts[2], "/".join(parts[3:])


class Luns(Stored):
    path = "/storage/luns"
    table = "lun"
    methods = ("GET", "POST", "PATCH", "DELETE")
    options = {"DELETE": ("allow_delete_while_mapped",), "PATCH": ("data_offset",)}
    schema = LUN

    # ---- reading
    def _file(self, volume_uuid, path):
        return os.path.join(self.sim.flexvol(volume_uuid).path("luns"), path)

    def show(self, call, record, wanted):
        result = dict(record)
        volume = self.store.get("volume", record["location"]["volume"]["uuid"])
        maps = [item for item in self.store.all("lun_map") if item["lun"]["uuid"] == record["uuid"]]
        mapped = bool(maps)
        if wants(wanted, "lun_maps") and maps:
            result["lun_maps"] = [
                {"logical_unit_number": item["logical_unit_number"], "igroup": item["igroup"]}
                for item in maps
            ]
        if wants(wanted, "status"):
            online = volume["state"] == "online"
            result["status"] = {
                "state": "online" if online and record["enabled"] else "offline",
                "read_only": False,
                "mapped": mapped,
                "container_state": "online" if online else "offline",
            }
        if "space.used" in wanted and volume["state"] == "online":
            try:
                used = os.stat(self._file(volume["uuid"], parse(record["name"])[1])).st_blocks * 512
            except FileNotFoundError:
                used = 0
            result["space"] = {**record["space"], "used": used}
        progress = self.sim.copies.active.get(record["uuid"])
        if wants(wanted, "copy") and progress and record.get("copy"):
            result["copy"] = merge(record["copy"], {"source": {"progress": lun_copy.progress_of(progress)}})
        return result

    def is_lost(self, lun):
        volume = lun["location"]["volume"]["uuid"]
        return self.sim.flexvol(volume).mounted and not os.path.exists(
            self._file(volume, parse(lun["name"])[1])
        )

    def _by_path(self, path, svm):
        return next(
            (
                item
                for item in self.store.all("lun")
                if item["name"] == path and item["svm"]["uuid"] == svm["uuid"]
            ),
            None,
        )

    def _source(self, named, svm, code):
        for item in self.store.all("lun"):
            if (
                (svm is None or item["svm"]["uuid"] == svm["uuid"])
                and named.get("uuid", item["uuid"]) == item["uuid"]
                and named.get("name", item["name"]) == item["name"]
            ):
                return item
        raise ApiError(404, code, f'The source LUN "{named.get("name", named.get("uuid"))}" does not exist.')

    # ---- creating
    def _name(self, body):
        if body.get("name"):
            return body["name"]
        location = body.get("location") or {}
        if not location.get("logical_unit") or not location.get("volume"):
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        return "/".join(
            part
            for part in (
                "/vol",
                location["volume"].get("name"),
                (location.get("qtree") or {}).get("name"),
                location["logical_unit"],
            )
            if part
        )

    def _place(self, call, name, svm):
        """Volume, path inside it and qtree for a LUN path that is free."""
        volume_name, path = parse(name)
        volume = find_volume(call, {"name": volume_name}, svm, 917927, "location.volume")
        if volume["is_svm_root"]:
            raise ApiError(400, 5374858, "LUNs cannot be made in an SVM's root volume.", "location.volume")
        if volume["state"] != "online":
            raise ApiError(400, 5374852, f'Volume "{volume["name"]}" is not online.', "location.volume")
        if self._by_path(name, svm):
            raise ApiError(409, 5374242, f'A LUN already exists at "{name}".', "name")
        if os.path.lexists(os.path.join(self.sim.flexvol(volume["uuid"]).root, path)):
            raise ApiError(409, 1260136, f'"{name}" already exists as a file.', "name")
        qtree = None
        if "/" in path:
            folder = path.rpartition("/")[0]
            qtree = next(
                (
                    item
                    for item in self.store.all("qtree")
                    if item["volume"]["uuid"] == volume["uuid"] and item["name"] == folder
                ),
                None,
            )
            if qtree is None:
                raise ApiError(
                    400,
                    5374860,
                    f'The qtree "{folder}" does not exist in volume "{volume["name"]}".',
                    "location.qtree",
                )
        return volume, path, qtree

    def _record(self, call, name, svm, volume, path, qtree, body):
        aggregate = self.store.get("aggregate", volume["aggregates"][0]["uuid"])
        location = {
            "volume": {"name": volume["name"], "uuid": volume["uuid"]},
            "logical_unit": path.rpartition("/")[2],
            "node": aggregate["node"],
        }
        if qtree:
            location["qtree"] = {"name": qtree["name"], "id": qtree["id"]}
        number = self.store.next_number("lun_serial")
        record = {
            "uuid": new_uuid(),
            "name": name,
            "svm": owner(svm),
            "location": location,
            "enabled": True,
            "class": "regular",
            "serial_number": f"simLUN{number:06d}",
            "serial_number_hex": f"simLUN{number:06d}".encode().hex(),
            "create_time": self.sim.clock.text(),
            "auto_delete": body.get("auto_delete", False),
            "comment": body.get("comment", ""),
        }
        if body.get("qos_policy"):
            policy = find_qos(call, body["qos_policy"], svm)
            if policy:
                record["qos_policy"] = {"name": policy["name"], "uuid": policy["uuid"]}
        return record

    def create(self, call, params, body):
        svm = find_svm(call, body)
        name = self._name(body)
        volume, path, qtree = self._place(call, name, svm)
        record = self._record(call, name, svm, volume, path, qtree, body)
        clone, copy = (body.get("clone") or {}).get("source"), (body.get("copy") or {}).get("source")
        if clone:
            return self._clone(call, record, volume, path, body, clone, svm)
        if copy:
            return self._copy(call, record, volume, path, body, copy)
        if not body.get("os_type"):
            raise ApiError(400, 5374874, "os_type is required for a new LUN.", "os_type")
        size = (body.get("space") or {}).get("size")
        if not size:
            raise ApiError(400, 5374873, "space.size is required for a new LUN.", "space.size")
        if size % BLOCK or size > LARGEST:
            size = -(-size // BLOCK) * BLOCK
        reserved = (body["space"].get("guarantee") or {}).get("requested", False)
        record.update(
            os_type=_os_type(body["os_type"]),
            space={
                "size": size,
                "guarantee": {"requested": reserved, "reserved": reserved},
                "scsi_thin_provisioning_support_enabled": body["space"].get(
                    "scsi_thin_provisioning_support_enabled", False
                ),
            },
        )
        return record, self._start(
            record, lambda job: asyncio.to_thread(self._new_file, volume, path, size, reserved)
        )

    def _start(self, record, work):
        async def run(job):
            try:
                check_fault(self.sim, "lun_create")
                await work(job)
            except BaseException:
                self.forget(record)
                raise

        self.save(record)
        return self.sim.jobs.start(f"POST /api/storage/luns/{record['uuid']}", run, record["svm"])

    def _new_file(self, volume, path, size, reserved):
        real = self._file(volume["uuid"], path)
        os.makedirs(os.path.dirname(real), exist_ok=True)
        try:
            with open(real, "xb") as file:
                file.truncate(size)
                if reserved:
                    os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if os.path.lexists(real) and error.errno != 17:
                os.unlink(real)
            raise ApiError(
                400, 917927, f'No space left on volume "{volume["name"]}" for the LUN.', "space.size"
            ) from None

    def _clone(self, call, record, volume, path, body, named, svm):
        require_flexclone(self.sim)
        if body.get("os_type") or "size" in (body.get("space") or {}):
            raise ApiError(400, 5374883, "os_type and space.size cannot be given for a clone.", "space.size")
        wanted = named.get("name", "")
        if "/.snapshot/" in wanted:
            source_volume, inside = parse(wanted)
            template = self._by_path(f"/vol/{source_volume}/{inside.split('/', 2)[2]}", svm)
            space = template["space"] if template else None
        else:
            template = self._source(named, svm, 5374875 if named.get("name") else 5374876)
            source_volume, inside = parse(template["name"])
            space = template["space"]
        if source_volume != volume["name"]:
            raise ApiError(
                400, 1260121, "A LUN clone must be in the same volume as its source.", "clone.source"
            )
        record["os_type"] = template["os_type"] if template else "linux"
        reserved = ((body.get("space") or {}).get("guarantee") or {}).get("requested", False)
        record["space"] = {
            **(space or {"size": 0}),
            "guarantee": {"requested": reserved, "reserved": reserved},
        }

        async def work(job):
            check_fault(self.sim, "lun_clone")
            size = await asyncio.to_thread(self._clone_file, volume, inside, path)
            now = self.store.get("lun", record["uuid"])
            self.save({**now, "space": {**now["space"], "size": size}})

        return record, self._start(record, work)

    def _clone_file(self, volume, inside, path):
        source = Tree(self.sim, volume).resolve(inside)
        real = self._file(volume["uuid"], path)
        os.makedirs(os.path.dirname(real), exist_ok=True)
        with open(source, "rb") as reading, open(real, "xb") as writing:
            blocks.clone(reading.fileno(), writing.fileno())
            return os.fstat(reading.fileno()).st_size

    async def clone_by_path(self, volume, source, destination):
        """For the command line's file clone: clone a LUN if the source is one."""
        tail = source.split("/", 2)[2] if source.startswith(".snapshot/") else source
        svm = volume["svm"]
        template = self._by_path(f"/vol/{volume['name']}/{tail}", svm)
        if template is None:
            return False
        record = {
            **template,
            "uuid": new_uuid(),
            "name": f"/vol/{volume['name']}/{destination}",
            "create_time": self.sim.clock.text(),
            "location": {**template["location"], "logical_unit": destination.rpartition("/")[2]},
        }
        size = await asyncio.to_thread(self._clone_file, volume, source, destination)
        self.save({**record, "space": {**record["space"], "size": size}})
        return True

    # ---- copying (facts B6: visible at once, progress in copy.source.progress)
    def _copy(self, call, record, volume, path, body, named):
        extra = set(body) - {"name", "svm", "copy", "location"}
        if extra:
            raise ApiError(
                400, 5374943, "copy.source cannot be combined with other properties.", sorted(extra)[0]
            )
        source_svm = (
            find_svm(call, {"svm": named["svm"]})
            if named.get("svm")
            else self.store.get("svm", record["svm"]["uuid"])
        )
        template = self._source(
            {key: named[key] for key in ("name", "uuid") if key in named}, source_svm, 5374875
        )
        if source_svm["uuid"] != record["svm"]["uuid"]:
            self.sim.resources["/storage/file/copy"]._check_peering(source_svm, record["svm"])
        source_volume = self.store.get("volume", template["location"]["volume"]["uuid"])
        self.sim.copies.reserve([record["uuid"]])
        record.update(
            os_type=template["os_type"],
            space=template["space"],
            copy={
                "source": {
                    "name": template["name"],
                    "uuid": template["uuid"],
                    "max_throughput": named.get("max_throughput", 0),
                    "svm": {"name": source_svm["name"], "uuid": source_svm["uuid"]},
                    "progress": {
                        "state": "preparing",
                        "percent_complete": 0,
                        "elapsed": 0,
                        "volume_snapshot_blocked": False,
                    },
                }
            },
        )
        self.save(record)
        source = self._file(source_volume["uuid"], parse(template["name"])[1])
        target = self._file(volume["uuid"], path)

        async def work(job):
            # the answer to the request is given at once; only the copy goes on
            self.sim.jobs.background(
                lun_copy.run(self.sim, record["uuid"], source, target, named.get("max_throughput", 0))
            )

        return record, self.sim.jobs.start(f"POST /api/storage/luns/{record['uuid']}", work, record["svm"])

    # ---- changing
    def modify(self, call, record, changes):
        svm = self.store.get("svm", record["svm"]["uuid"])
        size = (changes.get("space") or {}).get("size")
        if size is not None and size != record["space"]["size"]:
            if size < record["space"]["size"]:
                raise ApiError(400, 5374892, "A LUN is not made smaller.", "space.size")
        elif size is not None and set(changes) == {"space"} and set(changes["space"]) == {"size"}:
            raise ApiError(400, 1254226, "New LUN size is the same as the old LUN size", "space.size")
        if "qos_policy" in changes:
            policy = find_qos(call, changes.pop("qos_policy"), svm)
            changes["qos_policy"] = {"name": policy["name"], "uuid": policy["uuid"]} if policy else None
        name = changes.pop("name", record["name"])
        if changes.get("location", {}).get("logical_unit"):
            name = record["name"].rpartition("/")[0] + "/" + changes["location"]["logical_unit"]
        if changes.get("location", {}).get("volume", {}).get("name"):
            name = f"/vol/{changes['location']['volume']['name']}/{name.rpartition('/')[2]}"
        changes.pop("location", None)
        new = merge(record, changes)
        if new.get("qos_policy") is None:
            new.pop("qos_policy", None)
        if "os_type" in changes:
            new["os_type"] = _os_type(changes["os_type"])
        if "guarantee" in (changes.get("space") or {}):
            new["space"]["guarantee"]["reserved"] = new["space"]["guarantee"]["requested"]
        real = self._file(record["location"]["volume"]["uuid"], parse(record["name"])[1])
        move = None
        if name != record["name"]:
            if self._by_path(name, svm):
                raise ApiError(409, 1254196, f'A LUN already exists at "{name}".', "name")
            volume, path, qtree = self._place(call, name, svm)
            if volume["uuid"] != record["location"]["volume"]["uuid"]:
                raise ApiError(400, 3, "Moving a LUN between volumes is not simulated.", "name")
            move = self._file(volume["uuid"], path)
            new["name"] = name
            new["location"] = {**record["location"], "logical_unit": path.rpartition("/")[2]}
            new["location"].pop("qtree", None)
            if qtree:
                new["location"]["qtree"] = {"name": qtree["name"], "id": qtree["id"]}
        if size is not None and size > record["space"]["size"]:
            os.truncate(real, size)
        with self.store.change():
            self.save(new)
            for key, item in list(self.store.table("lun_map").items()):
                if item["lun"]["uuid"] == record["uuid"]:
                    self.store.put("lun_map", key, {**item, "lun": {"name": name, "uuid": record["uuid"]}})
            if move:
                os.makedirs(os.path.dirname(move), exist_ok=True)
                os.rename(real, move)

    def delete(self, call, record):
        maps = [
            key for key, item in self.store.table("lun_map").items() if item["lun"]["uuid"] == record["uuid"]
        ]
        if maps and not call.flag("allow_delete_while_mapped"):
            raise ApiError(409, 1254197, f'The LUN "{record["name"]}" is mapped.')
        check_fault(self.sim, "lun_delete")
        real = self._file(record["location"]["volume"]["uuid"], parse(record["name"])[1])
        with self.store.change():
            for key in maps:
                self.store.remove("lun_map", key)
            self.forget(record)
            if os.path.lexists(real) and record["uuid"] not in self.sim.copies.active:
                os.unlink(real)


def _os_type(text):
    return "linux" if text in ("default", "image") else text


ALL = (Luns,)
