# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qtrees (facts B5): directories of the volume's root with their own export policy."""

from __future__ import annotations

import os
import shutil

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_export_policy, find_qos, find_svm, find_volume, owner


class Qtrees(Stored):
    path = "/storage/qtrees"
    table = "qtree"
    keys = (("volume.uuid", "volume.uuid"), ("id", "id"))
    order = ("volume.name", "id")
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        volume.uuid         uuid ic
        volume.name         str  ic
        id                  int  i
        name                str  icrm
        svm.name            str  icr
        svm.uuid            uuid ic
        path                str  -
        nas.path            str  -  >=9.9
        security_style      unix|ntfs|mixed cm
        unix_permissions    int  cm
        export_policy.name  str  cm
        export_policy.id    int  cm
        user.name           str  cm >=9.9
        user.id             str  cm >=9.9
        group.name          str  cm >=9.9
        group.id            str  cm >=9.9
        qos_policy.name     str  cm >=9.8
        qos_policy.uuid     uuid cm >=9.8
        """)

    def identity(self, record):
        return f"{record['volume']['uuid']}/{record['id']}"

    def rows(self, call, params):
        # facts B5: every volume has the default qtree, number 0, with an empty name
        for volume in self.store.all("volume"):
            if not volume["is_svm_root"]:
                yield {
                    "volume": {"name": volume["name"], "uuid": volume["uuid"]},
                    "id": 0,
                    "name": "",
                    "svm": volume["svm"],
                }
        yield from self.store.all("qtree")

    def show(self, call, record, wanted):
        volume = self.store.get("volume", record["volume"]["uuid"])
        nas = volume["nas"]
        result = {
            "security_style": nas["security_style"],
            "unix_permissions": nas["unix_permissions"],
            "path": f"/{volume['name']}" + (f"/{record['name']}" if record["name"] else ""),
            **record,
        }
        policy = self.store.get("export_policy", (record.get("export_policy") or nas["export_policy"])["id"])
        result["export_policy"] = {"id": policy["id"], "name": policy["name"]}
        if nas.get("path"):
            result["nas"] = {"path": nas["path"] + (f"/{record['name']}" if record["name"] else "")}
        return result

    def _folder(self, record, name=None):
        return os.path.join(self.sim.flexvol(record["volume"]["uuid"]).root, name or record["name"])

    def create(self, call, params, body):
        svm = find_svm(call, body)
        name = body.get("name")
        if name is None:
            raise ApiError(400, 5242953, "The name of the qtree is required.", "name")
        if not name.strip('"'):
            raise ApiError(400, 5242894, "The name of a qtree cannot be empty.", "name")
        volume = find_volume(call, body.get("volume") or {}, svm, 917525)
        if volume["state"] != "online":
            raise ApiError(400, 5242886, f'Volume "{volume["name"]}" is not online.', "volume")
        record = {**body, "volume": {"name": volume["name"], "uuid": volume["uuid"]}, "svm": owner(svm)}
        folder = self._folder(record)
        if "/" in name or os.path.lexists(folder):
            raise ApiError(
                409,
                5242886,
                f'"{name}" already exists in volume "{volume["name"]}" or is not usable as a name.',
                "name",
            )
        if body.get("export_policy"):
            policy = find_export_policy(call, body["export_policy"], svm)
            record["export_policy"] = {"id": policy["id"], "name": policy["name"]}
        if body.get("qos_policy"):
            policy = find_qos(call, body["qos_policy"], svm)
            record["qos_policy"] = {"name": policy["name"], "uuid": policy["uuid"]}
        record["id"] = (
            max(
                (item["id"] for item in self.store.all("qtree") if item["volume"]["uuid"] == volume["uuid"]),
                default=0,
            )
            + 1
        )
        os.mkdir(folder)
        os.chown(folder, volume["nas"]["uid"], volume["nas"]["gid"])
        os.chmod(folder, int(str(body.get("unix_permissions", volume["nas"]["unix_permissions"])), 8))
        self.save(record)

        async def nothing(job):
            return None

        return record, self.sim.jobs.start(
            f"POST /api/storage/qtrees/{volume['uuid']}/{record['id']}", nothing, svm
        )

    def modify(self, call, record, changes):
        svm = self.store.get("svm", record["svm"]["uuid"])
        if record["id"] == 0 and "name" in changes:
            raise ApiError(400, 5242915, "The default qtree cannot be renamed.", "name")
        if changes.get("export_policy"):
            policy = find_export_policy(call, changes["export_policy"], svm)
            changes["export_policy"] = {"id": policy["id"], "name": policy["name"]}
        if changes.get("qos_policy"):
            policy = find_qos(call, changes["qos_policy"], svm)
            changes["qos_policy"] = {"name": policy["name"], "uuid": policy["uuid"]} if policy else {}
        name = changes.get("name", record["name"])
        if name != record["name"] and os.path.lexists(self._folder(record, name)):
            raise ApiError(409, 5242972, f'"{name}" already exists.', "name")

        async def work(job):
            with self.store.change():
                self.save(merge(record, changes))
                if name != record["name"]:
                    os.rename(self._folder(record), self._folder(record, name))
            if "unix_permissions" in changes:
                os.chmod(self._folder(record, name), int(str(changes["unix_permissions"]), 8))

        return self.sim.jobs.start(
            f"PATCH /api/storage/qtrees/{record['volume']['uuid']}/{record['id']}", work, svm
        )

    def delete(self, call, record):
        if record["id"] == 0:
            raise ApiError(400, 5242916, "The default qtree cannot be deleted.")
        if any(
            lun["location"].get("qtree", {}).get("name") == record["name"]
            and lun["location"]["volume"]["uuid"] == record["volume"]["uuid"]
            for lun in self.store.all("lun")
        ):
            raise ApiError(409, 5242916, f'The qtree "{record["name"]}" contains LUNs.')

        async def work(job):
            shutil.rmtree(self._folder(record), ignore_errors=True)
            self.forget(record)

        return self.sim.jobs.start(
            f"DELETE /api/storage/qtrees/{record['volume']['uuid']}/{record['id']}", work, record["svm"]
        )


ALL = (Qtrees,)
