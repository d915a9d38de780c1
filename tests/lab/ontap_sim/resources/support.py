# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EMS application logs and performance counters (facts B9, C2)."""

from __future__ import annotations

import time

from ..call import Reply
from ..engine import Resource
from ..errors import not_found
from ..schema import Schema


class ApplicationLogs(Resource):
    path = "/support/ems/application-logs"
    keys = ()
    methods = ("POST",)
    instance_methods = ()
    by_query = False
    scope = "both"
    schema = Schema("""
        app_version          str  c
        autosupport_required bool c
        category             str  c
        computer_name        str  c
        event_description    str  c
        event_id             int  c
        event_source         str  c
        severity             emergency|alert|error|notice|informational|debug|critical|warning c
        """)

    def handle(self, call, kind, params):
        self.schema.load(call.body or {}, "POST", call.version)
        return Reply(201, {})


# name -> counters: (name, type, unit, denominator, labels or None)
TABLES = {
    "system:constituent": [
        ("average_processor_busy_percent", "percent", "percent", "cpu_elapsed_time", None),
        ("cpu_elapsed_time", "delta", "microsec", None, None),
    ],
    "system:node": [
        ("average_processor_busy_percent", "percent", "percent", "cpu_elapsed_time", None),
        ("cpu_elapsed_time", "delta", "microsec", None, None),
    ],
    "wafl": [
        ("total_cp_msecs", "delta", "millisec", None, None),
        (
            "cp_phase_times",
            "delta",
            "percent",
            "total_cp_msecs",
            (
                "cp_setup",
                "cp_pre_p0",
                "cp_p0_snap_del",
                "cp_p1_clean",
                "cp_p1_quota",
                "cp_ipu_disk_add",
                "cp_p2v_inofile",
                "cp_p2v_ino_pub",
                "cp_p2v_ino_pri",
                "cp_p2v_fsinfo",
                "cp_p2v_dlog1",
                "cp_p2v_dlog2",
                "cp_p2v_refcount",
                "cp_p2v_topaa",
                "cp_p2v_df_scores_sub",
                "cp_p2v_bm",
                "cp_p2v_snap",
                "cp_p2v_df_scores",
                "cp_p2v_volinfo",
                "cp_p2v_cont",
                "cp_p2a_inofile",
                "cp_p2a_ino",
                "cp_p2a_dlog1",
                "cp_p2a_hya",
                "cp_p2a_dlog2",
                "cp_p2a_fsinfo",
                "cp_p2a_ipu_bitmap_grow",
                "cp_p2a_refcount",
                "cp_p2a_topaa",
                "cp_p2a_hyabc",
                "cp_p2a_bm",
                "cp_p2a_snap",
                "cp_p2a_volinfo",
                "cp_p2_flush",
                "cp_p2_finish",
                "cp_p3_wait",
                "cp_p3v_volinfo",
                "cp_p3a_volinfo",
                "cp_p3_finish",
                "cp_p4_finish",
                "cp_p5_finish",
            ),
        ),
    ],
    "processor": [
        (
            "domain_busy_percent",
            "percent",
            "percent",
            "elapsed_time",
            (
                "idle",
                "kahuna",
                "storage",
                "exempt",
                "none",
                "raid",
                "raid_exempt",
                "xor_exempt",
                "target",
                "wafl_exempt",
                "wafl_mpcleaner",
                "sm_exempt",
                "protocol",
                "nwk_exempt",
                "network",
                "hostOS",
            ),
        ),
        ("elapsed_time", "delta", "microsec", None, None),
    ],
}


class CounterTables(Resource):
    path = "/cluster/counter/tables"
    keys = (("name", "name"),)
    since = (9, 11, 1)
    scope = "cluster"
    schema = Schema("""
        name                              str i
        description                       str -
        counter_schemas[].name            str -
        counter_schemas[].type            str -
        counter_schemas[].unit            str -
        counter_schemas[].description     str -
        counter_schemas[].denominator.name str -
        """)

    def rows(self, call, params):
        for name, counters in TABLES.items():
            schemas = [
                {
                    "name": counter,
                    "type": kind,
                    "unit": unit,
                    "description": counter.replace("_", " "),
                    **({"denominator": {"name": base}} if base else {}),
                }
                for counter, kind, unit, base, _dummy in counters
            ]
            yield {"name": name, "description": name, "counter_schemas": schemas}

    def find(self, call, params):
        record = super().find(call, params)
        wanted = call.option("counter_schemas.name")
        if wanted:  # Cinder takes the first schema that is left
            names = wanted.split("|")
            record = {
                **record,
                "counter_schemas": [item for item in record["counter_schemas"] if item["name"] in names],
            }
        return record


class CounterRows(Resource):
    path = "/cluster/counter/tables/{counter_table.name}/rows"
    keys = (("id", "id"),)
    order = ("id",)
    since = (9, 11, 1)
    scope = "cluster"
    schema = Schema("""
        id                      str i
        counter_table.name      str -
        properties[].name       str -
        properties[].value      any -
        counters[].name         str -
        counters[].value        int -
        counters[].values       any -
        counters[].labels       any -
        counters[].counters     any -
        """)

    def path_params(self, params):
        return {"counter_table.name": params["counter_table.name"]}

    def rows(self, call, params):
        table = params["counter_table.name"]
        if table not in TABLES:
            raise not_found(target="counter_table.name")
        for node in self.store.all("node"):
            instances = ("cpu0", "cpu1") if table == "processor" else (table.partition(":")[0],)
            for instance in instances:
                name = f"{node['name']}:{instance}"
                yield {
                    "id": name,
                    "counter_table": {"name": table},
                    "properties": [{"name": "node.name", "value": node["name"]}],
                    "counters": [self._counter(item) for item in TABLES[table]],
                }

    def _counter(self, item):
        """Monotonic numbers of a lightly loaded node: a tenth of the time busy."""
        name, kind, _dummy, base, labels = item
        elapsed = int(time.monotonic() * 1e6)
        if labels:
            return {
                "name": name,
                "labels": list(labels),
                "values": [elapsed // 10 // len(labels)] * len(labels),
            }
        return {"name": name, "value": elapsed // 10 if kind == "percent" else elapsed}

    def show(self, call, record, wanted):
        asked = call.option("counters.name")
        if not asked:
            return record
        names = asked.split("|")
        return {**record, "counters": [item for item in record["counters"] if item["name"] in names]}


ALL = (ApplicationLogs, CounterTables, CounterRows)
