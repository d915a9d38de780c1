# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of a volume: reflink copies of all its files and LUNs, read through ``.snapshot`` (facts B1)."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess

from ..errors import ApiError, invalid_key, not_found
from ..schema import Schema, merge
from ..values import UUID
from .base import Stored, new_uuid

MOST = 1023


class Snapshots(Stored):
    path = "/storage/volumes/{volume.uuid}/snapshots"
    table = "snapshot"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        uuid              uuid i
        name              str  icm
        volume.uuid       uuid -
        volume.name       str  -
        svm.uuid          uuid c
        svm.name          str  c
        comment           str  cm
        create_time       date -
        expiry_time       date cm
        snaplock_expiry_time date cm <9.14
        snaplock.expiry_time date cm >=9.14
        snapmirror_label  str  cm
        state             str  -
        size              size -
        owners            list -
        version_uuid      uuid -  >=9.11
        provenance_volume.uuid uuid -
        logical_size      size -  >=9.12
        delta.size_consumed size x >=9.11
        reclaimable_space size x  >=9.10
        """)

    def path_params(self, params):
        return {"volume.uuid": params["volume.uuid"]}

    def volume(self, call, params):
        uuid = params["volume.uuid"]
        if not UUID.match(uuid):
            raise invalid_key(uuid, "volume.uuid")
        volume = self.store.get("volume", uuid)
        if volume is None or call.svm and volume["svm"]["uuid"] != call.svm["uuid"]:
            raise not_found(target="volume.uuid")
        return volume

    def rows(self, call, params):
        volume = self.volume(call, params)
        return [item for item in self.store.all("snapshot") if item["volume"]["uuid"] == volume["uuid"]]

    def show(self, call, record, wanted):
        return {
            "size": 0,
            "state": "valid",
            "version_uuid": record["uuid"],
            "provenance_volume": {"uuid": record["volume"]["uuid"]},
            **record,
        }

    def _check_name(self, volume, name):
        if any(
            item["name"] == name and item["volume"]["uuid"] == volume["uuid"]
            for item in self.store.all("snapshot")
        ):
            raise ApiError(409, 1, f'Snapshot "{name}" already exists on volume "{volume["name"]}".', "name")

    def create(self, call, params, body):
        volume = self.volume(call, params)
        name = body.get("name") or f"snapshot_{self.sim.clock.text()[:19].replace(':', '')}"
        self._check_name(volume, name)
        if volume["state"] != "online":
            raise ApiError(400, 524482, f'Volume "{volume["name"]}" is not online.')
        if sum(item["volume"]["uuid"] == volume["uuid"] for item in self.store.all("snapshot")) >= MOST:
            raise ApiError(400, 524470, f"A volume has at most {MOST} snapshots.")
        record = {
            "comment": "",
            "owners": [],
            **body,
            "uuid": new_uuid(),
            "name": name,
            "create_time": self.sim.clock.text(),
            "volume": {"uuid": volume["uuid"], "name": volume["name"]},
            "svm": volume["svm"],
        }

        async def work(job):
            await asyncio.to_thread(take, self.sim.flexvol(volume["uuid"]), record)
            self.save(record)

        return record, self.sim.jobs.start(
            f"POST /api/storage/volumes/{volume['uuid']}/snapshots/{record['uuid']}", work, volume["svm"]
        )

    def modify(self, call, record, changes):
        if changes.get("name", record["name"]) != record["name"]:
            self._check_name(record["volume"], changes["name"])

        async def work(job):
            self.save(merge(self.store.get("snapshot", record["uuid"]), changes))

        return self.sim.jobs.start(f"PATCH {call.raw_path}", work, record["svm"])

    def delete(self, call, record):
        if record.get("owners"):
            raise ApiError(409, 524302, f'Snapshot "{record["name"]}" is busy.')

        async def work(job):
            folder = os.path.join(
                self.sim.flexvol(record["volume"]["uuid"]).path("snapshots"), record["uuid"]
            )
            await asyncio.to_thread(shutil.rmtree, folder, True)
            self.forget(record)

        return self.sim.jobs.start(f"DELETE {call.raw_path}", work, record["svm"])


def find_snapshot(store, volume, named):
    for item in store.all("snapshot"):
        if (
            item["volume"]["uuid"] == volume["uuid"]
            and named.get("uuid", item["uuid"]) == item["uuid"]
            and named.get("name", item["name"]) == item["name"]
        ):
            return item
    raise ApiError(
        404,
        1638600,
        f'The snapshot "{named.get("name", named.get("uuid"))}" does not exist.',
        "restore_to.snapshot",
    )


def _reflink(source, target):
    done = subprocess.run(
        ["cp", "-a", "--reflink=always", "--", source, target], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ApiError(500, 524483, f"The snapshot could not be made: {done.stderr.strip()}")


def take(flexvol, record):
    folder = os.path.join(flexvol.path("snapshots"), record["uuid"])
    os.makedirs(folder)
    try:
        for part in ("root", "luns"):
            _reflink(flexvol.path(part), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def restore(flexvol, record):
    """The volume's files become the snapshot's. The root directory itself stays: clients have it mounted."""
    folder = os.path.join(flexvol.path("snapshots"), record["uuid"])
    for part in ("root", "luns"):
        live = flexvol.path(part)
        for name in os.listdir(live):
            path = os.path.join(live, name)
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
        _reflink(os.path.join(folder, part) + "/.", live)


ALL = (Snapshots,)
