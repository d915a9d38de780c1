# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cluster, nodes, aggregates, disks, jobs and the empty list of mirrors (facts A7, A8, B7, B9)."""

from __future__ import annotations

from .. import versions
from ..call import Reply
from ..engine import Resource
from ..errors import ApiError, not_found
from ..jobs import TERMINAL
from ..schema import Schema, merge
from ..selection import project
from ..values import to_enum
from .base import Stored, wants


class Cluster(Resource):
    path = "/cluster"
    keys = ()
    methods = ("GET", "PATCH")
    instance_methods = ()
    scope = "both"
    schema = Schema("""
        name               str   m
        uuid               uuid  -
        version.full       str   -
        version.generation int   -
        version.major      int   -
        version.minor      int   -
        contact            str   m
        location           str   m
        san_optimized      bool  -
        disaggregated      bool  -  >=9.16
        timezone.name      str   m
        management_interfaces[].name str -
        management_interfaces[].uuid uuid -
        management_interfaces[].ip.address str -
        dns_domains        list  m
        name_servers       list  m
        ntp_servers        list  m
        """)

    def handle(self, call, kind, params):
        if call.method == "PATCH":
            self.store.put(
                "cluster",
                "cluster",
                merge(self.sim.cluster, self.schema.load(call.body or {}, "PATCH", call.version)),
            )
            return Reply(200, {})
        record = self.sim.cluster
        record = {
            **record,
            "version": versions.record(record["version"]),
            "san_optimized": False,
            "disaggregated": False,
        }
        shown = project(record, self.chosen(call, collection=False), call.hal)
        if call.hal:
            shown["_links"] = {"self": {"href": "/api/cluster"}}
        return Reply(200, shown)


class Nodes(Stored):
    path = "/cluster/nodes"
    table = "node"
    scope = "cluster"
    schema = Schema("""
        uuid                        uuid i
        name                        str  i
        model                       str  -
        serial_number               str  -
        state                       str  -
        membership                  str  -
        uptime                      int  -
        location                    str  -
        storage_configuration       str  -
        version.full                str  -
        version.generation          int  -
        version.major               int  -
        version.minor               int  -
        is_all_flash_optimized      bool -
        is_all_flash_select_optimized bool -
        is_capacity_optimized       bool -
        is_performance_optimized    bool -
        ha.enabled                  bool -
        ha.auto_giveback            bool -
        ha.partners[].name          str  -
        ha.partners[].uuid          uuid -
        ha.takeover.state           not_possible|not_attempted|in_takeover|in_progress|failed -
        ha.giveback.state           nothing_to_giveback|not_attempted|in_progress|failed -
        cluster_interfaces[].name   str  -
        cluster_interfaces[].uuid   uuid -
        cluster_interfaces[].ip.address str -
        management_interfaces[].name str -
        management_interfaces[].uuid uuid -
        management_interfaces[].ip.address str -
        """)

    def show(self, call, record, wanted):
        record = {**record, **takeover_of(self.sim, record)}
        if wants(wanted, "version"):
            return {**record, "version": versions.record(self.sim.cluster["version"])}
        return record


def taken_over(sim):
    """While copies fail because of it (control verb takeover), the first node takes the others over."""
    return sim.clock.now() < sim.faults.takeover_until


def takeover_of(sim, node):
    """What takeover changes of a node's record."""
    ha = {**node["ha"], "giveback": {"state": "nothing_to_giveback"}, "takeover": {"state": "not_attempted"}}
    if not taken_over(sim):
        return {"ha": ha}
    if node["uuid"] == sim.nodes()[0]["uuid"]:
        return {"ha": {**ha, "takeover": {"state": "in_progress"}}}
    return {"ha": ha, "state": "taken_over"}


class Aggregates(Stored):
    path = "/storage/aggregates"
    table = "aggregate"
    scope = "cluster"
    schema = Schema("""
        uuid                               uuid i
        name                               str  i
        node.name                          str  -
        node.uuid                          uuid -
        home_node.name                     str  -
        home_node.uuid                     uuid -
        state                              str  -
        create_time                        date -
        block_storage.storage_type         str  -
        block_storage.mirror.enabled       bool -
        block_storage.primary.raid_type    str  -
        block_storage.primary.disk_class   str  -
        block_storage.primary.disk_count   int  -
        block_storage.hybrid_cache.enabled bool -
        data_encryption.software_encryption_enabled bool -
        snaplock_type                      str  -
        space.block_storage.size           size -
        space.block_storage.available      size -
        space.block_storage.used           size -
        space.block_storage.full_threshold_percent int -
        space.footprint                    size x
        """)

    def show(self, call, record, wanted):
        if taken_over(self.sim):
            first = self.sim.nodes()[0]
            record = {**record, "node": {"name": first["name"], "uuid": first["uuid"]}}
        if not wants(wanted, "space"):
            return record
        volumes = [
            item
            for item in self.store.all("volume")
            if any(part["uuid"] == record["uuid"] for part in item["aggregates"])
        ]
        used = sum(item["size"] if item["guarantee"]["type"] == "volume" else 0 for item in volumes)
        size = record["size"]
        return {
            **record,
            "space": {
                "footprint": used,
                "block_storage": {
                    "size": size,
                    "used": used,
                    "available": max(0, size - used),
                    "full_threshold_percent": 98,
                },
            },
        }


class Disks(Stored):
    path = "/storage/disks"
    table = "disk"
    scope = "cluster"
    keys = (("name", "name"),)
    schema = Schema("""
        name              str  i
        uid               str  -
        type              str  -
        effective_type    str  -
        class             str  -
        state             str  -
        container_type    str  -
        usable_size       size -
        node.name         str  -
        node.uuid         uuid -
        home_node.name    str  -
        aggregates[].name str  -
        aggregates[].uuid uuid -
        """)

    def identity(self, record):
        return record["name"]


class SnapMirrors(Stored):
    path = "/snapmirror/relationships"
    table = "snapmirror"  # always empty: mirrors are outside what is simulated
    order = ()
    scope = "both"
    schema = Schema("""
        uuid                 uuid i
        source.path          str  -
        source.svm.name      str  -
        source.cluster.name  str  -
        destination.path     str  -
        destination.svm.name str  -
        state                str  -
        healthy              bool -
        lag_time             str  -
        policy.type          str  -
        policy.name          str  -
        transfer.state       str  -
        last_transfer_type   str  -
        transfer_schedule.name str -
        """)


class SnapshotPolicies(Stored):
    path = "/storage/snapshot-policies"
    table = "snapshot_policy"
    scope = "both"
    schema = Schema("""
        uuid      uuid i
        name      str  i
        enabled   bool -
        comment   str  -
        scope     str  -
        svm.name  str  -
        svm.uuid  uuid -
        """)

    def visible(self, call, params):
        return self.rows(call, params)


class ClusterJobs(Resource):
    """facts A7"""

    path = "/cluster/jobs"
    order = ("start_time",)
    methods = ("GET", "PATCH")
    scope = "both"
    by_query = False
    options = {"PATCH": ("action",)}
    schema = Schema("""
        uuid            uuid i
        description     str  -
        state           queued|running|paused|success|failure -
        message         str  -
        code            int  -
        error.code      str  -  >=9.9
        error.message   str  -  >=9.9
        error.arguments any  -  >=9.9
        start_time      date -
        end_time        date -
        node.name       str  -  <9.13
        svm.name        str  -
        svm.uuid        uuid -
        action          str  m
        """)

    def rows(self, call, params):
        return list(self.sim.jobs.visible())

    def visible(self, call, params):
        for record in self.rows(call, params):
            # by tunnelling or SVM login only that SVM's jobs are seen; by a cluster login all (facts F6)
            if call.account.get("scope") != "svm" or record.get("svm", {}).get("uuid") == call.svm["uuid"]:
                yield record

    def modify(self, call, record, changes):
        """pause, resume and cancel; Cinder sends the action in the body, the documentation in the query."""
        action = to_enum(("pause", "resume", "cancel"))(
            call.option("action") or changes.get("action"), "action"
        )
        if record["state"] in TERMINAL:
            raise ApiError(400, 458762, "The job has already completed.")
        if action == "resume":
            raise ApiError(400, 458776, "The job is not paused.")
        if action == "pause":
            raise ApiError(400, 458783, "The job does not support the pause operation.")
        if not record.get("cancellable"):
            raise ApiError(400, 458784, "The job does not support the cancel operation.")
        job = self.sim.jobs.running.get(record["uuid"])
        if job is None:
            raise not_found()
        job.cancelled.set()


ALL = (Cluster, Nodes, Aggregates, Disks, SnapMirrors, SnapshotPolicies, ClusterJobs)
