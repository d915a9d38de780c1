# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few commands behind ``/private/cli`` that clients use (facts B11, C2, cinder-facts)."""

from __future__ import annotations

import asyncio

from .. import blocks
from ..call import Reply
from ..engine import Resource
from ..errors import ApiError
from ..filepaths import Tree
from ..writing import settle
from .base import check_fault, find_qos, find_snapshot_by_name, find_volume
from .licences import require_flexclone


class Command(Resource):
    keys = ()
    instance_methods = ()
    by_query = False
    scope = "both"

    def arguments(self, call):
        """Names with hyphens or underscores are the same on input (facts B11)."""
        source = (
            dict(call.query)
            if call.method in ("GET", "DELETE")
            else {**dict(call.query), **(call.body or {})}
        )
        return {name.replace("-", "_"): value for name, value in source.items()}

    def fields(self, call):
        text = call.option("fields") or ""
        if text.strip() == "*":
            raise ApiError(400, 262220, 'The value "*" is not allowed for "fields" on CLI APIs.', "fields")
        return {item.strip().replace("-", "_") for item in text.split(",") if item.strip()}

    def svm(self, call, arguments):
        name = arguments.get("vserver")
        if name is None:
            return call.svm
        svm = self.sim.svm_by_name(name)
        if svm is None or call.svm and call.svm["uuid"] != svm["uuid"]:
            raise ApiError(400, 2621462, f'Vserver "{name}" does not exist.', "vserver")
        return svm


class VolumeEfficiency(Command):
    """``volume efficiency show``"""

    path = "/private/cli/volume/efficiency"
    methods = ("GET",)

    def handle(self, call, kind, params):
        arguments, fields = self.arguments(call), self.fields(call)
        svm = self.svm(call, arguments)
        records = []
        for volume in self.store.all("volume"):
            if volume["is_svm_root"] or svm and volume["svm"]["uuid"] != svm["uuid"]:
                continue
            if arguments.get("volume", volume["name"]) != volume["name"]:
                continue
            record = {
                "vserver": volume["svm"]["name"],
                "volume": volume["name"],
                "path": f"/vol/{volume['name']}",
            }
            values = {
                "state": "enabled",
                "logical_data_size": volume["size"] // 100,
                "logical_data_limit": 640 << 40,
            }
            record.update({name: value for name, value in values.items() if name in fields})
            records.append(record)
        return Reply(200, {"records": records, "num_records": len(records)})


class ShowDiskUsage(Command):
    """``volume file show-disk-usage``: one record without a list, as Cinder reads it."""

    path = "/private/cli/volume/file/show-disk-usage"
    methods = ("GET",)

    def handle(self, call, kind, params):
        arguments, fields = self.arguments(call), self.fields(call)
        svm = self.svm(call, arguments)
        parts = arguments.get("path", "").strip("/").split("/", 2)
        if len(parts) != 3 or parts[0] != "vol":
            raise ApiError(400, 917806, f'Invalid path "{arguments.get("path")}".', "path")
        volume = find_volume(call, {"name": parts[1]}, svm, 917806, "path")
        try:
            used, unique = blocks.usage(Tree(self.sim, volume).resolve(parts[2]))
        except ApiError:
            raise ApiError(
                400, 917806, f'No such file or directory: "{arguments["path"]}".', "path"
            ) from None
        values = {"unique_bytes": f"{unique // 1024}KB", "bytes_used": f"{used // 1024}KB"}
        record = {"vserver": volume["svm"]["name"], "path": arguments["path"]}
        return Reply(200, {**record, **{name: value for name, value in values.items() if name in fields}})


class FileCloneCommand(Command):
    """``volume file clone create``: the way to clone from a snapshot without its directory being visible."""

    path = "/private/cli/volume/file/clone"
    methods = ("POST",)

    async def handle(self, call, kind, params):
        arguments = self.arguments(call)
        svm = self.svm(call, arguments)
        volume = find_volume(call, {"name": arguments.get("volume")}, svm, 917506)
        source, destination = arguments.get("source_path"), arguments.get("destination_path")
        if not source or not destination:
            raise ApiError(400, 262212, "source-path and destination-path are required.", "source_path")
        source, destination = source.lstrip("/"), destination.lstrip("/")
        snapshot = arguments.get("snapshot_name")
        if snapshot:
            find_snapshot_by_name(self.store, volume, snapshot)
            source = f".snapshot/{snapshot}/{source}"
        overwrite = str(arguments.get("overwrite_destination", "false")).lower() == "true"
        qos = arguments.get("qos_policy_group") or arguments.get("qos_adaptive_policy_group")
        policy = find_qos(call, {"name": qos}, self.store.get("svm", volume["svm"]["uuid"])) if qos else None

        require_flexclone(self.sim)

        async def work(job):
            check_fault(self.sim, "file_clone")
            luns = self.sim.resources["/storage/luns"]
            if await luns.clone_by_path(volume, source, destination):
                return
            clones = self.sim.resources["/storage/file/clone"]
            await asyncio.to_thread(clones.clone, volume, source, destination, overwrite)
            if policy:
                self.store.put(
                    "file_qos",
                    f"{volume['uuid']}/{destination}",
                    {"name": policy["name"], "uuid": policy["uuid"]},
                )

        job = self.sim.jobs.start("POST /api/private/cli/volume/file/clone", work, volume["svm"])
        status, reply = await settle(call, job, 201)
        return Reply(status, reply)


ALL = (VolumeEfficiency, ShowDiskUsage, FileCloneCommand)
