# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iSCSI service, igroups and LUN maps (facts C2)."""

from __future__ import annotations

from ..engine import Resource
from ..errors import ApiError, not_found
from ..schema import Schema, merge
from .base import Stored, find_svm, new_uuid, owner, wants

OS_TYPES = (
    "aix|hpux|hyper_v|linux|netware|openvms|solaris|vmware|windows|xen|default|image|windows_2008|windows_gpt"
)


def new_iscsi_service(sim, svm, alias=None):
    number = sim.store.next_number("iqn", 3)
    return {
        "svm": owner(svm),
        "enabled": True,
        "target": {
            "name": f"iqn.1992-08.com.netapp:sn.{sim.cluster['uuid'].replace('-', '')}:vs.{number}",
            "alias": alias or svm["name"],
        },
    }


class IscsiServices(Stored):
    path = "/protocols/san/iscsi/services"
    table = "iscsi"
    keys = (("svm.uuid", "svm.uuid"),)
    order = ("svm.name",)
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        svm.uuid      uuid ic
        svm.name      str  icr
        enabled       bool cm =true
        target.name   str  cm
        target.alias  str  cm
        """)

    def identity(self, record):
        return record["svm"]["uuid"]

    def create(self, call, params, body):
        svm = find_svm(call, body)
        if self.store.get("iscsi", svm["uuid"]):
            raise ApiError(409, 5374893, f'The iSCSI service already exists on SVM "{svm["name"]}".', "svm")
        record = merge(
            new_iscsi_service(self.sim, svm), {key: value for key, value in body.items() if key != "svm"}
        )
        self.save(record)
        return record

    def modify(self, call, record, changes):
        changes.pop("svm", None)
        self.save(merge(record, changes))

    def delete(self, call, record):
        if record["enabled"]:
            raise ApiError(409, 5374078, "The iSCSI service must be disabled before it is deleted.")
        self.forget(record)


class IscsiCredentials(Stored):
    """Always empty: CHAP is set through SSH, which is not simulated."""

    path = "/protocols/san/iscsi/credentials"
    table = "iscsi_credential"
    keys = (("svm.uuid", "svm.uuid"), ("initiator", "initiator"))
    order = ("initiator",)
    schema = Schema("""
        initiator            str  i
        svm.name             str  i
        svm.uuid             uuid i
        authentication_type  str  -
        """)


class Igroups(Stored):
    path = "/protocols/san/igroups"
    table = "igroup"
    methods = ("GET", "POST", "PATCH", "DELETE")
    options = {"DELETE": ("allow_delete_while_mapped",)}
    schema = Schema(f"""
        uuid                     uuid i
        name                     str  irm
        svm.name                 str  icr
        svm.uuid                 uuid ic
        protocol                 mixed|fcp|iscsi c =mixed
        os_type                  {OS_TYPES} cm =linux
        comment                  str  cm >=9.9
        supports_igroups         bool - >=9.9
        delete_on_unmap          bool cm >=9.10
        initiators[].name        str  c
        initiators[].comment     str  c
        initiators[].igroup.name str  -
        initiators[].igroup.uuid uuid -
        lun_maps[].logical_unit_number int -
        lun_maps[].lun.name      str  -
        lun_maps[].lun.uuid      uuid -
        lun_maps[].lun.node.name str  -
        target.product_id        str  -
        target.vendor_id         str  -
        """)

    def show(self, call, record, wanted):
        if not wants(wanted, "lun_maps"):
            return record
        maps = [
            {"logical_unit_number": item["logical_unit_number"], "lun": item["lun"]}
            for item in self.store.all("lun_map")
            if item["igroup"]["uuid"] == record["uuid"]
        ]
        return {**record, "lun_maps": maps} if maps else record

    def _check_name(self, name, svm):
        if any(
            item["name"] == name and item["svm"]["uuid"] == svm["uuid"] for item in self.store.all("igroup")
        ):
            raise ApiError(409, 5374023, f'The igroup "{name}" already exists.', "name")

    def create(self, call, params, body):
        svm = find_svm(call, body)
        if not body.get("name"):
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        self._check_name(body["name"], svm)
        record = merge(self.schema.defaults(call.version), body)
        if record["os_type"] == "default":
            record["os_type"] = "linux"
        record.update(uuid=new_uuid(), svm=owner(svm), supports_igroups=True)
        names = [check_initiator(item.get("name")) for item in body.get("initiators", [])]
        record.pop("initiators", None)
        if names:
            record["initiators"] = [{"name": name} for name in names]
        self.save(record)
        return record

    def modify(self, call, record, changes):
        if changes.get("name", record["name"]) != record["name"]:
            self._check_name(changes["name"], record["svm"])
        new = merge(record, changes)
        with self.store.change():
            self.save(new)
            for key, item in list(self.store.table("lun_map").items()):
                if item["igroup"]["uuid"] == record["uuid"]:
                    self.store.put(
                        "lun_map", key, {**item, "igroup": {**item["igroup"], "name": new["name"]}}
                    )

    def delete(self, call, record):
        maps = [
            key
            for key, item in self.store.table("lun_map").items()
            if item["igroup"]["uuid"] == record["uuid"]
        ]
        if maps and not call.flag("allow_delete_while_mapped"):
            raise ApiError(409, 5374760, f'LUNs are mapped to the igroup "{record["name"]}".')
        with self.store.change():
            for key in maps:
                self.store.remove("lun_map", key)
            self.forget(record)


def check_initiator(name):
    text = str(name or "")
    if not (text.startswith(("iqn.", "eui.")) or text.count(":") == 7):
        raise ApiError(
            400, 5374034, f'"{name}" is not an iSCSI or Fibre Channel initiator name.', "initiators.name"
        )
    return text


class Initiators(Resource):
    path = "/protocols/san/igroups/{igroup.uuid}/initiators"
    keys = (("name", "name"),)
    methods = ("GET", "POST", "DELETE")
    schema = Schema("""
        name            str  icr
        comment         str  c
        igroup.uuid     uuid -
        igroup.name     str  -
        proximity.local_svm bool c >=9.11
        records         any  c
        """)

    def path_params(self, params):
        return {"igroup.uuid": params["igroup.uuid"]}

    def _igroup(self, call, params):
        igroup = self.store.get("igroup", params["igroup.uuid"])
        if igroup is None or call.svm and igroup["svm"]["uuid"] != call.svm["uuid"]:
            raise not_found(target="igroup.uuid")
        return igroup

    def visible(self, call, params):
        igroup = self._igroup(call, params)
        for item in igroup.get("initiators", []):
            yield {**item, "igroup": {"name": igroup["name"], "uuid": igroup["uuid"]}}

    def create(self, call, params, body):
        igroup = self._igroup(call, params)
        names = [item["name"] for item in body.get("records", [])] or [body.get("name")]
        present = igroup.get("initiators", [])
        for name in names:
            check_initiator(name)
            if any(item["name"] == name for item in present):
                raise ApiError(
                    409,
                    5374029,
                    f'The initiator "{name}" is already in the igroup "{igroup["name"]}".',
                    "name",
                )
        self.store.put(
            "igroup",
            igroup["uuid"],
            {**igroup, "initiators": [*present, *({"name": name} for name in names)]},
        )
        return {"name": names[0], "igroup": {"name": igroup["name"], "uuid": igroup["uuid"]}}

    def delete(self, call, record):
        igroup = self.store.get("igroup", record["igroup"]["uuid"])
        left = [item for item in igroup["initiators"] if item["name"] != record["name"]]
        new = {key: value for key, value in igroup.items() if key != "initiators"}
        self.store.put("igroup", igroup["uuid"], {**new, "initiators": left} if left else new)


class LunMaps(Stored):
    path = "/protocols/san/lun-maps"
    table = "lun_map"
    keys = (("lun.uuid", "lun.uuid"), ("igroup.uuid", "igroup.uuid"))
    order = ("lun.name", "igroup.name")
    methods = ("GET", "POST", "DELETE")
    schema = Schema("""
        svm.name             str  ic
        svm.uuid             uuid ic
        lun.name             str  icr
        lun.uuid             uuid ic
        lun.node.name        str  -
        lun.smbc.replicated  bool -
        igroup.name          str  icr
        igroup.uuid          uuid ic
        igroup.protocol      str  -
        igroup.os_type       str  -
        igroup.initiators    list -
        logical_unit_number  int  c
        """)

    def identity(self, record):
        return f"{record['lun']['uuid']}/{record['igroup']['uuid']}"

    def find(self, call, params):
        try:
            return super().find(call, params)
        except ApiError as error:
            if error.status == 404:
                raise ApiError(404, 5374922, "The specified LUN map does not exist.") from None
            raise

    def show(self, call, record, wanted):
        if not wants(wanted, "igroup"):
            return record
        igroup = self.store.get("igroup", record["igroup"]["uuid"])
        return {
            **record,
            "igroup": {
                "name": igroup["name"],
                "uuid": igroup["uuid"],
                "protocol": igroup["protocol"],
                "os_type": igroup["os_type"],
                "initiators": [item["name"] for item in igroup.get("initiators", [])],
            },
        }

    def _named(self, table, named, svm, code):
        for item in self.store.all(table):
            if (
                (svm is None or item["svm"]["uuid"] == svm["uuid"])
                and named.get("uuid", item["uuid"]) == item["uuid"]
                and named.get("name", item["name"]) == item["name"]
                and (named.get("uuid") or named.get("name"))
            ):
                return item
        raise ApiError(
            400,
            code,
            f'The {table} "{named.get("name", named.get("uuid"))}" does not exist.',
            f"{table}.name",
        )

    def create(self, call, params, body):
        svm = find_svm(call, body)
        lun = self._named("lun", body.get("lun") or {}, svm, 5374875)
        igroup = self._named("igroup", body.get("igroup") or {}, svm, 5374878)
        if self.store.get("lun_map", f"{lun['uuid']}/{igroup['uuid']}"):
            raise ApiError(
                409, 5374922, f'The LUN is already mapped to the igroup "{igroup["name"]}".', "igroup"
            )
        taken = {
            item["logical_unit_number"]
            for item in self.store.all("lun_map")
            if item["igroup"]["uuid"] == igroup["uuid"]
        }
        number = body.get("logical_unit_number")
        if number is None:
            number = next(candidate for candidate in range(4096) if candidate not in taken)
        elif number in taken:
            raise ApiError(
                409,
                5374083,
                f"The logical unit number {number} is in use in this igroup.",
                "logical_unit_number",
            )
        elif not 0 <= number <= 4095:
            raise ApiError(
                400, 5374084, f"The logical unit number {number} is outside 0 to 4095.", "logical_unit_number"
            )
        record = {
            "svm": owner(svm),
            "lun": {"name": lun["name"], "uuid": lun["uuid"]},
            "igroup": {"name": igroup["name"], "uuid": igroup["uuid"]},
            "logical_unit_number": number,
        }
        self.save(record)
        return record

    def delete(self, call, record):
        self.forget(record)


ALL = (IscsiServices, IscsiCredentials, Igroups, Initiators, LunMaps)
