# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QoS policies (facts B7)."""

from __future__ import annotations

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_svm, new_uuid, owner, rename_references


class QosPolicies(Stored):
    path = "/storage/qos/policies"
    table = "qos"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        uuid                          uuid i
        name                          str  irm
        svm.name                      str  cr
        svm.uuid                      uuid c
        scope                         str  -
        policy_class                  str  -
        pgid                          int  -
        object_count                  int  -
        return_records                bool c
        fixed.max_throughput_iops     int  cm
        fixed.max_throughput_mbps     int  cm
        fixed.min_throughput_iops     int  cm
        fixed.min_throughput_mbps     int  cm >=9.8
        fixed.max_throughput          str  cm >=9.17
        fixed.min_throughput          str  cm >=9.17
        fixed.capacity_shared         bool cm
        adaptive.expected_iops        int  cm
        adaptive.peak_iops            int  cm
        adaptive.absolute_min_iops    int  cm
        adaptive.expected_iops_allocation allocated_space|used_space cm
        adaptive.peak_iops_allocation allocated_space|used_space cm
        adaptive.block_size           any|4k|8k|16k|32k|64k|128k cm
        """)

    def _check(self, record):
        fixed, adaptive = record.get("fixed"), record.get("adaptive")
        if fixed and adaptive:
            raise ApiError(400, 8454277, "A QoS policy is fixed or adaptive, not both.", "fixed")
        if fixed:
            for unit in ("iops", "mbps"):
                low, high = fixed.get(f"min_throughput_{unit}") or 0, fixed.get(f"max_throughput_{unit}") or 0
                if high and low > high:
                    raise ApiError(
                        400,
                        8454194,
                        "The minimum throughput is greater than the maximum.",
                        f"fixed.min_throughput_{unit}",
                    )

    def _complete(self, record):
        if "fixed" in record:
            record["fixed"] = {
                "max_throughput_iops": 0,
                "max_throughput_mbps": 0,
                "min_throughput_iops": 0,
                "min_throughput_mbps": 0,
                "capacity_shared": False,
                **record["fixed"],
            }
        if "adaptive" in record:
            record["adaptive"] = {
                "absolute_min_iops": 0,
                "expected_iops_allocation": "allocated_space",
                "peak_iops_allocation": "used_space",
                "block_size": "any",
                **record["adaptive"],
            }
        return record

    def show(self, call, record, wanted):
        if "object_count" not in wanted:
            return record
        used = sum(
            (volume.get("qos", {}).get("policy") or {}).get("uuid") == record["uuid"]
            for volume in self.store.all("volume")
        )
        used += sum(
            (lun.get("qos_policy") or {}).get("uuid") == record["uuid"] for lun in self.store.all("lun")
        )
        used += sum(item["uuid"] == record["uuid"] for item in self.store.all("file_qos"))
        return {**record, "object_count": used}

    def create(self, call, params, body):
        body.pop("return_records", None)  # Cinder may send it in the body
        svm = find_svm(call, body)
        if not body.get("name"):
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        self._check_name(body["name"], svm)
        self._check(body)
        if not body.get("fixed") and not body.get("adaptive"):
            body["fixed"] = {}
        record = self._complete(
            {
                **body,
                "uuid": new_uuid(),
                "svm": owner(svm),
                "scope": "svm",
                "policy_class": "user_defined",
                "pgid": self.store.next_number("pgid", 10001),
            }
        )
        self.save(record)

        async def nothing(job):
            return None

        return record, self.sim.jobs.start(f"POST /api/storage/qos/policies/{record['uuid']}", nothing, svm)

    def _check_name(self, name, svm):
        if any(item["name"] == name and item["svm"]["uuid"] == svm["uuid"] for item in self.store.all("qos")):
            raise ApiError(409, 8454379, f'QoS policy "{name}" already exists.', "name")

    def modify(self, call, record, changes):
        for mine, other, code in (("fixed", "adaptive", 8454327), ("adaptive", "fixed", 8454328)):
            if changes.get(mine) and record.get(other):
                raise ApiError(400, code, f"A {other} QoS policy cannot become {mine}.", mine)
        name = changes.get("name", record["name"])
        if name != record["name"]:
            self._check_name(name, record["svm"])
        new = merge(record, changes)
        self._check(new)
        with self.store.change():
            self.save(new)
            if name != record["name"]:
                rename_references(self.store, ("lun",), "qos_policy", record["uuid"], name)
                rename_references(self.store, ("volume",), "qos.policy", record["uuid"], name)
                for key, item in list(self.store.table("file_qos").items()):
                    if item["uuid"] == record["uuid"]:
                        self.store.put("file_qos", key, {**item, "name": name})

    def delete(self, call, record):
        with self.store.change():
            for key, item in list(self.store.table("file_qos").items()):
                if item["uuid"] == record["uuid"]:
                    self.store.remove("file_qos", key)
            for table in ("volume", "lun"):
                for key, item in list(self.store.table(table).items()):
                    if ((item.get("qos") or {}).get("policy") or {}).get("uuid") == record["uuid"]:
                        self.store.put(table, key, {**item, "qos": {}})
                    elif (item.get("qos_policy") or {}).get("uuid") == record["uuid"]:
                        self.store.put(
                            table, key, {name: value for name, value in item.items() if name != "qos_policy"}
                        )
            self.forget(record)


ALL = (QosPolicies,)
