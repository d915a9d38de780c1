# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File copy inside the cluster (facts B2): between FlexVols and SVMs, as a job that says little."""

from __future__ import annotations

import asyncio
import os

from ..call import Reply
from ..engine import Resource
from ..errors import ApiError
from ..filepaths import Tree
from ..schema import Schema
from ..writing import settle
from .base import check_fault, new_uuid

SIDES = (("source", 7012358), ("destination", 7012359))


class FileCopy(Resource):
    path = "/storage/file/copy"
    keys = ()
    methods = ("POST",)
    instance_methods = ()
    by_query = False
    since = (9, 8, 0)
    schema = Schema("""
        files_to_copy[].source.path             str  c
        files_to_copy[].source.svm.name         str  c
        files_to_copy[].source.svm.uuid         uuid c
        files_to_copy[].source.volume.name      str  c
        files_to_copy[].source.volume.uuid      uuid c
        files_to_copy[].destination.path        str  c
        files_to_copy[].destination.svm.name    str  c
        files_to_copy[].destination.svm.uuid    uuid c
        files_to_copy[].destination.volume.name str  c
        files_to_copy[].destination.volume.uuid uuid c
        cutover_time           int  c =10
        hold_quiescence        bool c =false
        max_throughput         size c =0
        reference_cutover_time int  c =10
        reference_path         str  c >=9.14
        reference_file.path        str  c
        reference_file.volume.name str  c
        reference_file.volume.uuid uuid c
        reference_file.svm.name    str  c
        reference_file.svm.uuid    uuid c
        """)

    async def handle(self, call, kind, params):
        body = self.schema.load(call.body or {}, "POST", call.version)
        files = body.get("files_to_copy")
        if not files:
            raise ApiError(400, 262212, 'The required field "files_to_copy" is missing', "files_to_copy")
        if len(files) > self.sim.switches["copy_max_files"]:
            raise ApiError(400, 7012353, "Too many files in one request.", "files_to_copy")
        throughput = body.get("max_throughput", 0)
        if throughput < 0:
            raise ApiError(400, 7012366, f"Invalid max_throughput: {throughput}.", "max_throughput")
        if body.get("reference_cutover_time", 10) > 3600:
            raise ApiError(400, 7012371, "The reference cutover time is too long.", "reference_cutover_time")
        plan = [self._plan(call, item) for item in files]
        self._check_together(call, plan, body)
        names = [new_uuid() for _dummy in plan]
        self.sim.copies.reserve(names)
        destination_svm = plan[0]["destination"]["volume"]["svm"]

        async def work(job):
            try:
                await self._copy_all(job, plan, names, throughput)
            finally:
                self.sim.copies.release(names)

        job = self.sim.jobs.start(
            "POST /api/storage/file/copy", work, destination_svm, self.sim.switches["copy_cancel"]
        )
        status, reply = await settle(call, job, 201)
        return Reply(status, reply)

    # ---- checks
    def _plan(self, call, item):
        result = {}
        for side, code in SIDES:
            part = item.get(side) or {}
            if not part.get("path"):
                raise ApiError(400, code, f"The {side} path is missing.", f"files_to_copy.{side}.path")
            volume = self._volume(call, part, side)
            result[side] = {"volume": volume, "path": part["path"]}
        return result

    def _volume(self, call, part, side):
        named, svm_named = part.get("volume") or {}, part.get("svm") or {}
        target = f"files_to_copy.{side}"
        if not named:
            code = 7012378 if side == "source" else 7012359
            raise ApiError(400, code, f"The {side} volume's uuid or name is required.", f"{target}.volume")
        if not svm_named and self.sim.switches["copy_svm"] == "required":
            raise ApiError(400, 7012380, f"The {side} SVM's uuid or name is required.", f"{target}.svm")
        svm = None
        if svm_named:
            svm = (
                self.store.get("svm", svm_named["uuid"])
                if svm_named.get("uuid")
                else self.sim.svm_by_name(svm_named.get("name"))
            )
            if svm is None:
                raise ApiError(
                    400,
                    2621464 if svm_named.get("uuid") else 7012380,
                    f"The {side} SVM does not exist.",
                    f"{target}.svm",
                )
            if svm_named.get("name", svm["name"]) != svm["name"]:
                raise ApiError(
                    400,
                    2621706,
                    f"The {side} svm.uuid and svm.name refer to different SVMs.",
                    f"{target}.svm",
                )
        elif call.svm:
            svm = call.svm
        found = [
            volume
            for volume in self.store.all("volume")
            if (svm is None or volume["svm"]["uuid"] == svm["uuid"])
            and named.get("uuid", volume["uuid"]) == volume["uuid"]
            and ("uuid" in named or named.get("name") == volume["name"])
        ]
        if len(found) != 1:
            raise ApiError(
                400,
                917506,
                f'The {side} volume "{named.get("name", named.get("uuid"))}" was not found.',
                f"{target}.volume",
            )
        if named.get("name", found[0]["name"]) != found[0]["name"]:
            raise ApiError(
                400,
                918236,
                f"The {side} volume.uuid and volume.name refer to different volumes.",
                f"{target}.volume",
            )
        return found[0]

    def _check_together(self, call, plan, body):
        sources = {item["source"]["volume"]["uuid"] for item in plan}
        destinations = {item["destination"]["volume"]["uuid"] for item in plan}
        if len(sources) > 1 or len(destinations) > 1:
            raise ApiError(400, 7012352, "All files must be on the same volume.", "files_to_copy")
        source, destination = plan[0]["source"]["volume"], plan[0]["destination"]["volume"]
        if call.svm and destination["svm"]["uuid"] != call.svm["uuid"]:
            raise ApiError(
                403, 7012363, "The operation must be managed by the administrator of the destination SVM."
            )
        if source["svm"]["uuid"] != destination["svm"]["uuid"]:
            self._check_peering(source["svm"], destination["svm"])
        reference = body.get("reference_path") or (body.get("reference_file") or {}).get("path")
        if reference:
            if call.version >= (9, 14, 0) and "reference_file" in body:
                pass  # both spellings are accepted
            if len(plan) < 2:
                raise ApiError(400, 7012367, "A reference path needs several sources.", "reference_path")
            tail = reference.split(":")[-1]
            if not any(
                tail in (item["source"]["path"], f"{source['name']}/{item['source']['path']}")
                for item in plan
            ):
                raise ApiError(
                    400, 7012368, "The reference path must be one of the source paths.", "reference_path"
                )
        for item in plan:
            self._resolve(item, dry=True)

    def _check_peering(self, source, destination):
        peer = next(
            (
                item
                for item in self.store.all("peer")
                if item["svm"]["uuid"] == destination["uuid"]
                and item["peer"]["svm"]["uuid"] == source["uuid"]
            ),
            None,
        )
        if peer is None:
            raise ApiError(
                400,
                7013361,
                f'The SVMs "{source["name"]}" and "{destination["name"]}" are not in an intracluster peering'
                " relationship.",
            )
        if peer["state"] != "peered":
            raise ApiError(
                400, 7012362, f'The SVMs "{source["name"]}" and "{destination["name"]}" are not yet peered.'
            )
        if "file_copy" not in peer["applications"]:
            raise ApiError(400, 7013360, "The SVM peering lacks the application file-copy.")

    def _resolve(self, item, dry=False):
        """Real paths. Facts C3.3: whether a path may begin with the volume's name is a switch."""
        source_tree, target_tree = (
            Tree(self.sim, item["source"]["volume"]),
            Tree(self.sim, item["destination"]["volume"]),
        )
        source = self._try(source_tree, item["source"]["path"], source_tree.resolve)
        if source is None or not os.path.isfile(source):
            raise ApiError(
                400, 7012358, f'Invalid source path "{item["source"]["path"]}".', "files_to_copy.source.path"
            )
        target = self._try(target_tree, item["destination"]["path"], target_tree.target)
        if target is None:
            raise ApiError(
                400,
                7012359,
                f'Invalid destination path "{item["destination"]["path"]}".',
                "files_to_copy.destination.path",
            )
        if os.path.isdir(target):  # facts B2: then the source's base name is used
            target = os.path.join(target, os.path.basename(source))
        if os.path.lexists(target) and (
            os.path.isdir(target) or self.sim.switches["copy_existing"] == "refuse"
        ):
            raise ApiError(
                409,
                7012359,
                f'Invalid destination path "{item["destination"]["path"]}": it exists already.',
                "files_to_copy.destination.path",
            )
        if os.path.lexists(target) and os.path.samefile(source, target):
            raise ApiError(
                400, 7012359, "Source and destination are the same file.", "files_to_copy.destination.path"
            )
        return source, target, target_tree

    def _try(self, tree, path, find):
        if path.startswith("/"):
            return None
        try:
            return find(path)
        except ApiError:
            first, _dummy, rest = path.partition("/")
            if self.sim.switches["copy_path_form"] == "tolerant" and first == tree.volume["name"] and rest:
                try:
                    return find(rest)
                except ApiError:
                    return None
            return None

    # ---- the work
    async def _copy_all(self, job, plan, names, throughput):
        check_fault(self.sim, "file_copy")
        rate = self.sim.copies.rate(throughput)
        for number, (item, name) in enumerate(zip(plan, names), 1):
            self.sim.jobs.progress(job, f"Copying file {number} of {len(plan)}")
            await self._copy(job, item, name, rate)

    async def _copy(self, job, item, name, rate):
        source, target, tree = self._resolve(item)
        early = self.sim.switches["copy_early_name"] and not os.path.lexists(target)
        writing = target if early else tree.temporary(name)
        # remembered on disk: a simulator that was killed or stopped removes the half on its next start
        self.store.put("copying", name, {"id": name, "path": writing})
        try:
            await asyncio.to_thread(self._bytes, name, source, writing, rate, job.cancelled.is_set)
            if not early:
                os.replace(writing, target)
        except ApiError:
            if os.path.lexists(writing) and (not early or not self.sim.switches["copy_failure_leaves"]):
                os.unlink(writing)
            self.store.remove("copying", name)
            raise
        except OSError:
            self.store.remove("copying", name)
            raise
        self.store.remove("copying", name)

    def _bytes(self, name, source, target, rate, cancelled):
        with open(source, "rb") as reading, open(target, "xb") as writing:
            state = os.fstat(reading.fileno())
            keep = self.sim.switches["copy_keeps_owner"]
            os.fchown(writing.fileno(), state.st_uid if keep else 0, state.st_gid if keep else 0)
            os.fchmod(writing.fileno(), state.st_mode & 0o7777 if keep else 0o644)
            self.sim.copies.run(name, reading.fileno(), writing.fileno(), rate, cancelled)


ALL = (FileCopy,)
