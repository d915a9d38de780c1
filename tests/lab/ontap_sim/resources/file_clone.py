# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexClone of files (facts B1), and how much of a volume is unsplit clones."""

from __future__ import annotations

import asyncio
import os
import re

from .. import blocks
from ..call import Reply
from ..engine import Resource
from ..errors import ApiError
from ..filepaths import Tree, clean
from ..schema import Schema
from ..writing import settle
from .base import check_fault, find_volume, new_uuid
from .licences import require_flexclone

BLOCK = 4096
RANGE = re.compile(r"^(\d+):(\d+):(\d+)$")


class FileClone(Resource):
    path = "/storage/file/clone"
    keys = ()
    methods = ("POST",)
    instance_methods = ()
    by_query = False
    schema = Schema("""
        volume.uuid           uuid c
        volume.name           str  c
        source_path           str  cr
        destination_path      str  cr
        range                 list c
        autodelete            bool c
        is_backup             bool c
        overwrite_destination bool c
        token_uuid            uuid c >=9.10
        nosplit_entry         bool c >=9.19
        is_vvol_backup        bool c >=9.19
        bypass_throttle       bool c >=9.19
        """)

    async def handle(self, call, kind, params):
        body = self.schema.load(call.body or {}, "POST", call.version)
        for name in ("source_path", "destination_path"):
            if not body.get(name):
                raise ApiError(400, 262212, f'The required field "{name}" is missing', name)
        named = body.get("volume") or {}
        if not named.get("uuid") or (call.version < (9, 16, 0) and not named.get("name")):
            # facts B1: up to 9.13 both are wanted, later the name is optional
            missing = "volume.name" if named.get("uuid") else "volume.uuid"
            if missing == "volume.uuid" or call.version < (9, 14, 0):
                raise ApiError(400, 262212, f'The required field "{missing}" is missing', missing)
        volume = find_volume(call, named, call.svm, 918235)
        for name in ("source_path", "destination_path"):
            if body[name].startswith("/"):
                raise ApiError(400, 917812, f'The path "{body[name]}" must be relative to the volume.', name)
        if body.get("is_backup") and body.get("range"):
            raise ApiError(400, 13565988, "is_backup is for clones of whole files only.", "is_backup")
        ranges = [self._range(text) for text in body.get("range") or []]
        require_flexclone(self.sim)
        job = self.sim.jobs.start(
            "POST /api/storage/file/clone", lambda job: self._run(volume, body, ranges), volume["svm"]
        )
        status, reply = await settle(call, job, 201)
        return Reply(status, reply)

    def _range(self, text):
        match = RANGE.match(text)
        if not match:
            raise ApiError(
                400, 917898, f'Invalid block range "{text}": source:destination:count is expected.', "range"
            )
        return tuple(int(number) for number in match.groups())

    async def _run(self, volume, body, ranges):
        check_fault(self.sim, "file_clone")
        overwrite = (
            body.get("overwrite_destination", False) or self.sim.switches["clone_existing"] == "overwrite"
        )
        await asyncio.to_thread(
            self.clone, volume, body["source_path"], body["destination_path"], overwrite, ranges
        )

    def clone(self, volume, source_path, destination_path, overwrite, ranges=()):
        tree = Tree(self.sim, volume)
        try:
            source = tree.resolve(source_path, luns=False)
        except ApiError as error:
            # facts B1: 917864 is about a file handle that cannot be had
            raise ApiError(
                400,
                917864,
                f'Failed to get a file handle for "{source_path}": {error.message}',
                "source_path",
            ) from None
        if not os.path.isfile(source):
            raise ApiError(400, 917864, f'"{source_path}" is not a file.', "source_path")
        try:
            target = tree.target(destination_path)
        except ApiError as error:
            raise ApiError(
                400, 13565952, f"The clone operation failed to start: {error.message}", "destination_path"
            ) from None
        if ranges:
            return self._clone_ranges(source, target, destination_path, ranges)
        if os.path.lexists(target) and not overwrite:
            raise ApiError(
                409,
                13565952,
                f'The clone operation failed to start: "{destination_path}" already exists.',
                "destination_path",
            )
        if os.path.isdir(target):
            raise ApiError(
                409,
                13565952,
                f'The clone operation failed to start: "{destination_path}" is a directory.',
                "destination_path",
            )
        if clean(source_path) == clean(destination_path):
            raise ApiError(
                400,
                13565952,
                "The clone operation failed to start: source and destination are the same file.",
                "destination_path",
            )
        temporary = tree.temporary(new_uuid())
        try:
            self._share(source, temporary)
            if overwrite:
                os.replace(temporary, target)
            else:
                try:
                    os.link(
                        temporary, target
                    )  # unlike a rename this never replaces a file that came meanwhile
                except FileExistsError:
                    raise ApiError(
                        409,
                        13565952,
                        f'The clone operation failed to start: "{destination_path}" already exists.',
                        "destination_path",
                    ) from None
        except OSError as error:
            raise ApiError(500, 13565952, f"The clone operation failed to start: {error.strerror}.") from None
        finally:
            if os.path.lexists(temporary):
                os.unlink(temporary)
        return None

    def _share(self, source, target):
        with open(source, "rb") as reading, open(target, "xb") as writing:
            blocks.clone(reading.fileno(), writing.fileno())
            state = os.fstat(reading.fileno())
            if self.sim.switches["clone_keeps_owner"]:
                os.fchown(writing.fileno(), state.st_uid, state.st_gid)
                os.fchmod(writing.fileno(), state.st_mode & 0o7777)
            else:
                os.fchown(writing.fileno(), 0, 0)
                os.fchmod(writing.fileno(), 0o644)

    def _clone_ranges(self, source, target, path, ranges):
        if source == target and any(a < d + n and d < a + n for a, d, n in ranges):
            raise ApiError(400, 917898, "Source and destination of a range overlap.", "range")
        for side in (0, 1):
            spans = sorted((item[side], item[side] + item[2]) for item in ranges)
            if any(first[1] > second[0] for first, second in zip(spans, spans[1:])):
                raise ApiError(400, 917898, "Block ranges overlap.", "range")
        if not os.path.isfile(target):
            raise ApiError(
                400,
                13565952,
                f'The clone operation failed to start: "{path}" does not exist.',
                "destination_path",
            )
        with open(source, "rb") as reading, open(target, "r+b") as writing:
            for begin, to, count in ranges:
                blocks.clone_range(
                    reading.fileno(), begin * BLOCK, count * BLOCK, writing.fileno(), to * BLOCK
                )


class SplitStatus(Resource):
    """Shared blocks look like unsplit clones; the simulator never splits by itself (facts B1)."""

    path = "/storage/file/clone/split-status"
    keys = (("volume.uuid", "volume.uuid"),)
    order = ("volume.name",)
    since = (9, 10, 0)
    schema = Schema("""
        volume.uuid         uuid i
        volume.name         str  i
        svm.name            str  i
        svm.uuid            uuid i
        pending_splits      int  -
        unsplit_clone_size  size -  <9.15
        unsplit_size        size -  >=9.15
        """)

    def rows(self, call, params):
        for volume in self.store.all("volume"):
            if volume["state"] == "online" and not volume["is_svm_root"]:
                yield {
                    "volume": {"name": volume["name"], "uuid": volume["uuid"]},
                    "svm": volume["svm"],
                    "pending_splits": 0,
                    "unsplit_size": 0,
                    "unsplit_clone_size": 0,
                }


ALL = (FileClone, SplitStatus)
