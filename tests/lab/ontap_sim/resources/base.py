# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several resources need: finding the SVM, volume, policy that a body names."""

from __future__ import annotations

import uuid as uuids

from ..engine import Resource
from ..errors import ApiError
from ..schema import get


def new_uuid():
    return str(uuids.uuid4())


class Stored(Resource):
    """A resource whose records are one table of the store, keyed by ``identity``."""

    table = ""

    def rows(self, call, params):
        return self.store.all(self.table)

    def identity(self, record):
        return record["uuid"]

    def save(self, record):
        self.store.put(self.table, self.identity(record), record)

    def forget(self, record):
        self.store.remove(self.table, self.identity(record))


def find_svm(call, body, required=True):
    """The SVM a body names, or the one the request is scoped to (facts A2)."""
    named = body.get("svm") or {}
    name, uuid = named.get("name"), named.get("uuid")
    if not name and not uuid:
        if call.svm:
            return call.svm
        if required:
            raise ApiError(
                400, 2621707, "No SVM was specified. Either svm.name or svm.uuid must be supplied.", "svm"
            )
        return None
    svm = call.store.get("svm", uuid) if uuid else call.sim.svm_by_name(name)
    if svm is None:
        raise ApiError(404 if uuid else 400, 2621462, f'SVM "{name or uuid}" does not exist.', "svm.name")
    if name and svm["name"] != name:
        raise ApiError(
            400,
            2621706,
            f'The specified svm.uuid "{uuid}" and svm.name "{name}" refer to different SVMs.',
            "svm",
        )
    if call.svm and call.svm["uuid"] != svm["uuid"]:
        raise ApiError(
            400, 2621706, f'SVM "{svm["name"]}" is not the SVM of this request, "{call.svm["name"]}".', "svm"
        )
    return svm


def find_volume(call, named, svm, missing=917525, target="volume"):
    """The volume that ``{name, uuid}`` names; both must agree (code 918236)."""
    name, uuid = named.get("name"), named.get("uuid")
    if not name and not uuid:
        raise ApiError(400, 262212, f'The required field "{target}" is missing', target)
    if uuid:
        volume = call.store.get("volume", uuid)
        if volume and svm and volume["svm"]["uuid"] != svm["uuid"]:
            volume = None
    else:
        found = [
            item
            for item in call.store.all("volume")
            if item["name"] == name and (svm is None or item["svm"]["uuid"] == svm["uuid"])
        ]
        volume = found[0] if len(found) == 1 else None
    if volume is None:
        raise ApiError(
            404,
            missing,
            f'Volume "{name or uuid}" does not exist' + (f' in SVM "{svm["name"]}".' if svm else "."),
            target,
        )
    if name and volume["name"] != name:
        raise ApiError(
            400,
            918236,
            f'The specified "{target}.uuid" and "{target}.name" refer to different volumes.',
            target,
        )
    return volume


def find_export_policy(call, named, svm, code=1703954):
    for policy in call.store.all("export_policy"):
        if policy["svm"]["uuid"] == svm["uuid"] and (
            named.get("id") == policy["id"] or "id" not in named and named.get("name") == policy["name"]
        ):
            return policy
    raise ApiError(
        400,
        code,
        f'Export policy "{named.get("name", named.get("id"))}" does not exist in SVM "{svm["name"]}".',
        "export_policy",
    )


def find_qos(call, named, svm):
    """None for "" or "none" (facts B3), else the policy."""
    name, uuid = named.get("name"), named.get("uuid")
    if name in ("", "none") and not uuid:
        return None
    for policy in call.store.all("qos"):
        if policy["svm"]["uuid"] == svm["uuid"] and (
            uuid == policy["uuid"] if uuid else name == policy["name"]
        ):
            return policy
    raise ApiError(
        400, 8454147, f'QoS policy "{name or uuid}" does not exist in SVM "{svm["name"]}".', "qos_policy"
    )


def owner(svm):
    return {"name": svm["name"], "uuid": svm["uuid"]}


def check_fault(sim, operation):
    """A fault rule may make the operation itself fail, for example with "Device busy"."""
    fault = sim.faults.for_operation(operation)
    if fault:
        raise ApiError(fault.get("status", 500), fault.get("code", 16), fault.get("message", "Device busy"))


def wants(wanted, prefix):
    return any(name == prefix or name.startswith(prefix + ".") for name in wanted)


def rename_references(store, tables, path, uuid, name):
    """After a rename: every embedded ``{name, uuid}`` at ``path`` follows."""
    for table in tables:
        for key, record in list(store.table(table).items()):
            holder = get(record, path)
            if isinstance(holder, dict) and holder.get("uuid") == uuid:
                parts = path.split(".")
                updated = dict(record)
                node = updated
                for part in parts:
                    node[part] = dict(node[part])
                    node = node[part]
                node["name"] = name
                store.put(table, key, updated)


def find_snapshot_by_name(store, volume, name):
    for snapshot in store.all("snapshot"):
        if snapshot["volume"]["uuid"] == volume["uuid"] and snapshot["name"] == name:
            return snapshot
    raise ApiError(
        404, 1638600, f'The snapshot "{name}" does not exist on volume "{volume["name"]}".', "snapshot"
    )
