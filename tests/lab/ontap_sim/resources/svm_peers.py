# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peering of SVMs inside the cluster (facts B2: copies between SVMs need it)."""

from __future__ import annotations

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_svm, new_uuid, owner


class SvmPeers(Stored):
    path = "/svm/peers"
    table = "peer"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        uuid              uuid i
        name              str  icm
        svm.name          str  icr
        svm.uuid          uuid ic
        peer.svm.name     str  c
        peer.svm.uuid     uuid c
        peer.cluster.name str  c
        peer.cluster.uuid uuid c
        state             peered|rejected|suspended|initiated|pending|initializing  m
        applications      list cm
        force             bool -
        """)

    def create(self, call, params, body):
        svm = find_svm(call, body)
        peer = body.get("peer") or {}
        named = peer.get("svm") or {"name": body.get("name")}
        cluster = (peer.get("cluster") or {}).get("name")
        if cluster not in (None, self.sim.cluster["name"]):
            raise ApiError(400, 13434917, f'There is no cluster peer "{cluster}".', "peer.cluster.name")
        other = (
            self.store.get("svm", named["uuid"])
            if named.get("uuid")
            else self.sim.svm_by_name(named.get("name"))
        )
        if other is None:
            raise ApiError(
                404,
                26345574,
                f'The peer SVM "{named.get("name", named.get("uuid"))}" does not exist.',
                "peer.svm.name",
            )
        if other["uuid"] == svm["uuid"]:
            raise ApiError(400, 26345573, "An SVM cannot be peered with itself.", "peer.svm.name")
        if any(
            item["svm"]["uuid"] == svm["uuid"] and item["peer"]["svm"]["uuid"] == other["uuid"]
            for item in self.store.all("peer")
        ):
            raise ApiError(
                409, 26345577, f'The SVMs "{svm["name"]}" and "{other["name"]}" are peered already.'
            )
        applications = self._applications(body.get("applications") or ["snapmirror"])
        cluster = {"name": self.sim.cluster["name"], "uuid": self.sim.cluster["uuid"]}
        made = None
        # peers inside one cluster are peered at once, and each side has its record
        for mine, its, alias in ((svm, other, body.get("name")), (other, svm, None)):
            record = {
                "uuid": new_uuid(),
                "name": alias or its["name"],
                "svm": owner(mine),
                "state": "peered",
                "peer": {"svm": owner(its), "cluster": cluster},
                "applications": applications,
            }
            self.save(record)
            made = made or record

        async def nothing(job):
            return None

        return made, self.sim.jobs.start(f"POST /api/svm/peers/{made['uuid']}", nothing, svm)

    def _applications(self, applications):
        for name in applications:
            if name not in ("snapmirror", "file_copy", "lun_copy", "flexcache"):
                raise ApiError(
                    400,
                    262197,
                    f'The value "{name}" is invalid for field "applications" '
                    "(<snapmirror|file_copy|lun_copy|flexcache>)",
                    "applications",
                )
        return applications

    def _other_side(self, record):
        return next(
            (
                item
                for item in self.store.all("peer")
                if item["svm"]["uuid"] == record["peer"]["svm"]["uuid"]
                and item["peer"]["svm"]["uuid"] == record["svm"]["uuid"]
            ),
            None,
        )

    def modify(self, call, record, changes):
        with self.store.change():
            if "applications" in changes:
                self._applications(changes["applications"])
            self.save(merge(record, changes))
            other = self._other_side(record)
            if other:
                self.save(merge(other, {key: value for key, value in changes.items() if key != "name"}))

    def delete(self, call, record):
        with self.store.change():
            self.forget(record)
            other = self._other_side(record)
            if other:
                self.forget(other)


ALL = (SvmPeers,)
