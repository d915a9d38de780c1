# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a volume (facts B3): list, metadata, data, directories, links, rename, size, delete."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil

from .. import blocks
from ..call import Reply, encode
from ..engine import Resource
from ..errors import ApiError, invalid_key
from ..filepaths import Tree, clean, kind_of, missing
from ..listing import list_records
from ..multipart import file_part, form
from ..schema import Schema
from ..selection import project
from ..values import UUID, to_bool, to_int
from ..writing import settle
from .base import check_fault, find_qos, wants

LARGEST_DATA = 1 << 20


class Files(Resource):
    path = "/storage/volumes/{volume.uuid}/files"
    keys = (("path", "path"),)
    order = ("path", "name")
    methods = ("GET", "POST")
    instance_methods = ("GET", "POST", "PATCH", "DELETE")
    links = False
    options = {"GET": ("return_metadata", "byte_offset", "length", "type_filter")}
    schema = Schema("""
        path              str  ic
        name              str  i
        type              file|directory|blockdev|chardev|symlink|socket|fifo|stream|lun ic
        volume.uuid       uuid -
        volume.name       str  -
        size              size m
        bytes_used        size -
        unique_bytes      size -
        unix_permissions  int  cm
        owner_id          int  -
        group_id          int  -
        creation_time     date -
        modified_time     date -
        changed_time      date -
        accessed_time     date -
        hard_links_count  int  -
        inode_number      int  -
        inode_generation  int  -
        is_empty          bool -
        is_junction       bool -
        is_vm_aligned     bool -
        is_snapshot       bool -
        target            str  c
        overwrite_enabled bool m
        fill_enabled      bool m
        qos_policy.name   str  mx
        qos_policy.uuid   uuid mx
        constituent.name  str  x
        constituent.uuid  uuid x
        """)

    # ---- finding
    def _volume(self, call, params):
        uuid = params["volume.uuid"]
        if not UUID.match(uuid):
            raise invalid_key(uuid, "volume.uuid")
        volume = self.store.get("volume", uuid)
        if volume is None or call.svm and volume["svm"]["uuid"] != call.svm["uuid"]:
            raise ApiError(404, 918235, f'A volume with UUID "{uuid}" was not found.', "volume.uuid")
        return volume

    def _tree(self, call, params):
        return Tree(self.sim, self._volume(call, params))

    def handle(self, call, kind, params):
        path = params.get("path", "")
        if call.method in ("GET", "HEAD"):
            if "unique_bytes" in call.raw_query or "length" in call.raw_query:
                # mapping extents flushes a file's data first, which may take a while
                return asyncio.to_thread(self._read, call, params, path)
            return self._read(call, params, path)
        if call.method == "POST":
            return self._create(call, params, path)
        if call.method == "PATCH":
            return self._modify(call, params, path)
        return self._delete(call, params, path)

    # ---- GET
    def _read(self, call, params, path):
        tree = self._tree(call, params)
        if call.accept.startswith("multipart/form-data"):
            return self._read_data(call, tree, path)
        if call.flag("return_metadata"):
            real = tree.resolve(path)
            chosen = self._chosen(call, collection=False)
            record = self._record(call, tree, real, clean(path), "", chosen)
            # facts B3: a metadata answer is a list of one
            return Reply(200, {"records": [project(record, chosen, call.hal)], "num_records": 1})
        real = tree.resolve(path)
        if not os.path.isdir(real) or os.path.islink(real):
            if self.sim.switches["list_file"] == "refuse":
                raise ApiError(400, 6684692, f'Not a directory: "{path}".', "path")
            chosen = self._chosen(call, collection=False)
            record = self._record(call, tree, real, clean(path), os.path.basename(real), chosen)
            return Reply(200, {"records": [project(record, chosen, call.hal)], "num_records": 1})
        listing = Listing(self, call, tree, real, clean(path))
        return list_records(listing, call, params)

    def _chosen(self, call, collection):
        chosen = self.chosen(call, collection)
        asked = call.option("fields") or ""
        if (
            call.version >= (9, 17, 0)
            and self.sim.switches["unique_bytes_in_star"] == "by_version"
            and "unique_bytes" not in asked
        ):
            chosen = chosen - {"unique_bytes"}  # facts, cinder-facts: from 9.17 asked for by name
        return chosen

    def _record(self, call, tree, real, path, name, wanted):
        state = os.lstat(real)
        kind = "lun" if tree.is_lun(real) else kind_of(state)
        record = {"path": path, "name": name, "type": kind}
        if not wanted - {"path", "name", "type"}:
            return record
        text = self.sim.clock.text
        record.update(
            volume={"uuid": tree.volume["uuid"], "name": tree.volume["name"]},
            size=state.st_size,
            unix_permissions=int(f"{state.st_mode & 0o7777:o}"),
            owner_id=state.st_uid,
            group_id=state.st_gid,
            creation_time=text(state.st_ctime),
            modified_time=text(state.st_mtime),
            changed_time=text(state.st_ctime),
            accessed_time=text(state.st_atime),
            hard_links_count=state.st_nlink,
            inode_number=state.st_ino,
            inode_generation=1,
            is_junction=False,
            is_vm_aligned=False,
            is_snapshot=False,
            bytes_used=state.st_blocks * 512,
        )
        if kind == "symlink":
            record["target"] = os.readlink(real)
        if kind == "directory" and "is_empty" in wanted:
            record["is_empty"] = not os.listdir(real)
        length = to_int(call.option("length"), "length") if call.option("length") else None
        if kind in ("file", "lun") and (length is not None or "unique_bytes" in wanted):
            offset = to_int(call.option("byte_offset") or 0, "byte_offset")
            used, unique = blocks.usage(real, offset, length)
            record["unique_bytes"] = unique
            if length is not None:
                record["bytes_used"] = used
        if wants(wanted, "qos_policy"):
            assigned = self.store.get("file_qos", f"{tree.volume['uuid']}/{path}")
            if assigned:
                record["qos_policy"] = {"name": assigned["name"], "uuid": assigned["uuid"]}
        return record

    def _read_data(self, call, tree, path):
        length = call.option("length")
        if length is None:
            raise ApiError(400, 6488080, "Reading data needs the query parameter length.", "length")
        length, offset = to_int(length, "length"), to_int(call.option("byte_offset") or 0, "byte_offset")
        if not 0 < length <= LARGEST_DATA:
            raise ApiError(400, 6488079, f"At most {LARGEST_DATA} bytes can be read at once.", "length")
        real = tree.resolve(path)
        if not os.path.isfile(real):
            raise ApiError(400, 6488081, f'"{path}" is not a file.', "path")
        with open(real, "rb") as file:
            file.seek(offset)
            content, kind = form(file.read(length))
        return Reply(200, content=content, content_type=kind)

    # ---- POST
    def _create(self, call, params, path):
        tree = self._tree(call, params)
        kind = call.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            return self._write(call, tree, path, file_part(call.data, kind), creating=True)
        body = self.schema.load(call.body or {}, "POST", call.version)
        path = path or body.get("path", "")
        if not path:
            raise ApiError(400, 6488085, "The path of the new object is required.", "path")
        real = tree.target(path)
        check_fault(self.sim, "file_create")
        kind = body.get("type", "directory" if "target" not in body else "symlink")
        if os.path.lexists(real):
            raise ApiError(409, 6488118, f'"{path}" already exists.', "path")
        mode = body.get("unix_permissions")
        if kind == "directory":
            if mode is None:
                raise ApiError(
                    400, 6488084, "unix_permissions is required for a directory.", "unix_permissions"
                )
            os.mkdir(real)
            os.chmod(real, int(str(mode), 8))
        elif kind == "symlink":
            if not body.get("target"):
                raise ApiError(400, 6488086, "target is required for a symbolic link.", "target")
            os.symlink(body["target"], real)
        else:
            with open(real, "xb"):
                pass
            os.chmod(real, int(str(mode or 644), 8))
        href = f"/api/storage/volumes/{tree.volume['uuid']}/files/{encode(clean(path))}"
        return Reply(201, {}, {"Location": href})

    def _write(self, call, tree, path, data, creating):
        if len(data) > LARGEST_DATA:
            raise ApiError(400, 6488079, f"At most {LARGEST_DATA} bytes can be written at once.", "data")
        real = tree.target(path)
        exists = os.path.lexists(real)
        if creating and exists and not call.flag("overwrite"):
            raise ApiError(409, 6488118, f'"{path}" already exists.', "path")
        if not creating and not exists:
            raise missing(path)
        offset = to_int(call.option("byte_offset") or -1, "byte_offset")
        try:
            with open(real, "r+b" if exists else "x+b") as file:
                file.seek(0, os.SEEK_END) if offset < 0 else file.seek(offset)
                file.write(data)
        except OSError as error:
            raise _refusal(error, path) from None
        return Reply(201 if creating else 200, {})

    # ---- PATCH
    def _modify(self, call, params, path):
        tree = self._tree(call, params)
        kind = call.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            return self._write(call, tree, path, file_part(call.data, kind), creating=False)
        body = dict(call.body or {})
        new_path = body.pop("path", None)
        body = self.schema.load(body, "PATCH", call.version)
        real = tree.resolve(path)
        if "qos_policy" in body:
            self._assign_qos(call, tree, real, clean(path), body["qos_policy"])
        if "size" in body:
            self._set_size(real, path, body)
        if "unix_permissions" in body:
            os.chmod(real, int(str(body["unix_permissions"]), 8))
        if new_path is not None:
            check_fault(self.sim, "file_rename")
            self._rename(tree, real, path, new_path)
        return Reply(200, {})

    def _rename(self, tree, real, path, new_path):
        if "%2" in new_path:
            # facts C3.8: Cinder puts the URL's encoding into the body
            new_path = (
                new_path.replace("%2E", ".").replace("%2e", ".").replace("%2F", "/").replace("%2f", "/")
            )
        target = tree.target(new_path)
        if os.path.isdir(target) and not os.path.islink(target):
            raise ApiError(409, 6488083, f'A directory "{new_path}" exists.', "path")
        if os.path.lexists(target) and self.sim.switches["rename_existing"] == "refuse":
            raise ApiError(
                409, 6488082, f'Cannot rename "{path}" to "{new_path}": the target exists.', "path"
            )
        if tree.is_lun(real):
            raise ApiError(400, 6488082, f'"{path}" is a LUN; rename it as a LUN.', "path")
        try:
            os.rename(real, target)
        except OSError as error:
            raise ApiError(
                400, 6488082, f'Cannot rename "{path}" to "{new_path}": {os.strerror(error.errno)}.', "path"
            ) from None
        key = f"{tree.volume['uuid']}/{clean(path)}"
        assigned = self.store.get("file_qos", key)
        if assigned:
            with self.store.change():
                self.store.remove("file_qos", key)
                self.store.put("file_qos", f"{tree.volume['uuid']}/{clean(new_path)}", assigned)

    def _set_size(self, real, path, body):
        fill, overwrite = body.get("fill_enabled"), body.get("overwrite_enabled")
        if fill != overwrite:
            raise ApiError(
                400, 6488116, "fill_enabled and overwrite_enabled must have equal values.", "fill_enabled"
            )
        if os.path.isdir(real):
            raise ApiError(400, 6488111, f'"{path}" is a directory.', "path")
        try:
            os.truncate(real, body["size"])
        except OSError as error:
            raise _refusal(error, path) from None

    def _assign_qos(self, call, tree, real, path, named):
        if call.on_svm_lif and self.sim.switches["qos_on_svm_lif"] == "refuse":
            raise ApiError(403, 6, "not authorized for that command")
        if tree.is_lun(real):
            raise ApiError(400, 6488081, f'"{path}" is used as a LUN.', "qos_policy")
        svm = self.store.get("svm", tree.volume["svm"]["uuid"])
        policy = find_qos(call, named, svm)
        if policy and tree.volume.get("qos", {}).get("policy"):
            raise ApiError(
                400, 8454149, f'Volume "{tree.volume["name"]}" has a QoS policy of its own.', "qos_policy"
            )
        key = f"{tree.volume['uuid']}/{path}"
        if policy is None:
            self.store.remove("file_qos", key)
        else:
            self.store.put("file_qos", key, {"name": policy["name"], "uuid": policy["uuid"]})

    # ---- DELETE
    async def _delete(self, call, params, path):
        tree = self._tree(call, params)
        if not clean(path):
            raise ApiError(400, 6488110, "A volume is not deleted through its files.", "path")
        if clean(path).split("/", maxsplit=1)[0] == ".snapshot":
            raise ApiError(400, 131102, "A snapshot is read-only.", "path")
        check_fault(self.sim, "file_delete")
        recurse = to_bool(call.option("recurse") or False, "recurse")
        throttle = call.option("throttle_deletion")
        if throttle is not None and not 10 <= to_int(throttle, "throttle_deletion") <= 100000:
            raise ApiError(
                400, 262247, "throttle_deletion must be between 10 and 100000.", "throttle_deletion"
            )
        real = tree.resolve(path, luns=False)
        if os.path.isdir(real) and not os.path.islink(real):
            if os.listdir(real) and not recurse:
                raise ApiError(400, 131138, f'The directory "{path}" is not empty.', "path")
            if recurse:

                async def work(job):
                    await asyncio.to_thread(shutil.rmtree, real)

                job = self.sim.jobs.start(f"DELETE {call.raw_path}", work, tree.volume["svm"])
                status, body = await settle(call, job, 200)
                return Reply(status, body)
            os.rmdir(real)
        else:
            os.unlink(real)
            self.store.remove("file_qos", f"{tree.volume['uuid']}/{clean(path)}")
        return Reply(200, {})


class Listing(Resource):
    """One directory as a collection, so that queries, fields and paging work as everywhere."""

    path = Files.path
    schema = Files.schema
    keys = (("path", "name"),)
    order = ("name",)
    links = False
    options = Files.options

    def __init__(self, files, call, tree, real, path):
        super().__init__(files.sim)
        self.files, self.call, self.tree, self.real, self.directory = files, call, tree, real, path

    def visible(self, call, params):
        yield {"name": "."}
        yield {"name": ".."}
        names = sorted(os.listdir(self.real))
        for name in names:
            yield {"name": name}
        folder = os.path.join(self.tree.flexvol.path("luns"), self.directory)
        if (
            self.sim.switches["files_show_luns"]
            and os.path.isdir(folder)
            and not self.directory.startswith(".snapshot")
        ):
            for name in sorted(os.listdir(folder)):
                if name not in names and os.path.isfile(os.path.join(folder, name)):
                    yield {"name": name, "lun": True}

    def chosen(self, call, collection):
        return self.files._chosen(call, collection)

    def show(self, call, record, wanted):
        folder = (
            os.path.join(self.tree.flexvol.path("luns"), self.directory) if record.get("lun") else self.real
        )
        real = os.path.join(folder, record["name"])
        if record["name"] == ".." and not self.directory:
            real = self.real
        path = self.directory  # facts B3: path is the directory, name the entry
        try:
            return self.files._record(call, self.tree, real, path, record["name"], wanted)
        except FileNotFoundError:
            return {"path": path, "name": record["name"], "type": "file"}  # deleted while listing


def _refusal(error, path):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ApiError(500, 917883, f'No space left in the volume for "{path}".', "path")
    if error.errno == errno.EISDIR:
        return ApiError(400, 6488111, f'"{path}" is a directory.', "path")
    return ApiError(400, 6488081, f'"{path}": {os.strerror(error.errno)}.', "path")


ALL = (Files,)
