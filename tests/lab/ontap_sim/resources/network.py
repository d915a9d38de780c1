# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP interfaces (facts B9); Fibre Channel ones do not exist, their list is empty."""

from __future__ import annotations

import ipaddress

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_svm, new_uuid, owner

SERVICES = {
    "default-data-files": [
        "data_core",
        "data_nfs",
        "data_cifs",
        "data_flexcache",
        "data_fpolicy_client",
        "management_dns_client",
    ],
    "default-data-blocks": ["data_core", "data_iscsi"],
    "default-data-iscsi": ["data_core", "data_iscsi"],
    "default-management": ["management_core", "management_ssh", "management_https", "management_dns_client"],
    "default-cluster": ["cluster_core"],
    "default-intercluster": ["intercluster_core", "management_https"],
    "data-mixed": ["data_core", "data_nfs", "data_iscsi"],
}
PORTS = ("e0a", "e0b", "e0c", "e0d", "e0M")


class IpInterfaces(Stored):
    path = "/network/ip/interfaces"
    table = "lif"
    scope = "both"
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        uuid                    uuid i
        name                    str  icm
        ip.address              str  cm
        ip.netmask              str  cm
        ip.family               str  -
        enabled                 bool cm  =true
        state                   up|down -
        scope                   svm|cluster c
        svm.name                str  c
        svm.uuid                uuid c
        ipspace.name            str  c
        ipspace.uuid            uuid c
        location.home_node.name str  cm
        location.home_node.uuid uuid cm
        location.home_port.name str  cm
        location.home_port.uuid uuid cm
        location.home_port.node.name str cm
        location.node.name      str  cm
        location.node.uuid      uuid cm
        location.port.name      str  cm
        location.port.uuid      uuid cm
        location.port.node.name str  cm
        location.broadcast_domain.name str c
        location.auto_revert    bool cm  =true
        location.failover       str  cm  =default
        location.is_home        bool cm
        service_policy.name     str  cm
        service_policy.uuid     uuid cm
        services                list -
        subnet.name             str  c   <9.13
        vip                     bool c   =false
        dns_zone                str  cm  >=9.9
        ddns_enabled            bool cm  >=9.9
        probe_port              int  cm  >=9.10
        rdma_protocols          list cm
        """)

    def visible(self, call, params):
        for lif in self.rows(call, params):
            if call.svm is None or lif.get("svm", {}).get("uuid") == call.svm["uuid"]:
                yield lif

    def _node(self, name):
        node = next((item for item in self.store.all("node") if item["name"] == name), None)
        if node is None:
            raise ApiError(400, 1376963, f'Node "{name}" does not exist.', "location.home_node.name")
        return node

    def _location(self, wanted, current):
        """Home and current port; a node alone, a port alone or both may be given."""
        result = dict(current)
        for node_key, port_key in (("home_node", "home_port"), ("node", "port")):
            node = (wanted.get(node_key) or {}).get("name") or (
                (wanted.get(port_key) or {}).get("node") or {}
            ).get("name")
            port = (wanted.get(port_key) or {}).get("name")
            if node is None and port is None:
                continue
            node = self._node(node or (result.get(node_key) or result["home_node"])["name"])
            port = port or (result.get(port_key) or {}).get("name", PORTS[0])
            if port not in PORTS:
                raise ApiError(
                    400,
                    1966217,
                    f'Port "{port}" does not exist on node "{node["name"]}".',
                    f"location.{port_key}.name",
                )
            result[node_key] = {"name": node["name"], "uuid": node["uuid"]}
            result[port_key] = {"name": port, "node": {"name": node["name"]}}
        if "home_port" not in result:
            node = self.store.all("node")[0]
            result["home_node"] = {"name": node["name"], "uuid": node["uuid"]}
            result["home_port"] = {"name": PORTS[0], "node": {"name": node["name"]}}
        for key in ("auto_revert", "failover"):
            if key in wanted:
                result[key] = wanted[key]
        if "port" not in result or wanted.get("is_home"):
            result["node"], result["port"] = result["home_node"], result["home_port"]
        result["is_home"] = result["port"] == result["home_port"] and result["node"] == result["home_node"]
        result.pop("broadcast_domain", None)
        return result

    def _ip(self, wanted, current, own=None):
        result = {**current, **wanted}
        try:
            address = ipaddress.ip_address(result["address"])
        except (KeyError, ValueError):
            raise ApiError(
                400, 1376976, f'"{result.get("address")}" is not an IP address.', "ip.address"
            ) from None
        netmask = str(result.get("netmask", "24"))
        try:
            network = ipaddress.ip_network(f"{address}/{netmask}", strict=False)
        except ValueError:
            raise ApiError(400, 1966269, f'"{netmask}" is not a valid netmask.', "ip.netmask") from None
        if any(
            item["ip"]["address"] == str(address) and item["uuid"] != own for item in self.store.all("lif")
        ):
            raise ApiError(409, 1376963, f"Duplicate IP address: {address}.", "ip.address")
        # a mask goes in as a mask or a length and comes out as a length (na_ontap_interface compares it so)
        return {"address": str(address), "netmask": str(network.prefixlen), "family": f"ipv{address.version}"}

    def _services(self, named):
        name = (named or {}).get("name")
        if name not in SERVICES:
            raise ApiError(400, 53281947, f'Service policy "{name}" does not exist.', "service_policy.name")
        return {"service_policy": {"name": name}, "services": SERVICES[name]}

    def create(self, call, params, body):
        svm = find_svm(call, body, required=body.get("scope") == "svm")
        scope = "svm" if svm else "cluster"
        name = body.get("name")
        if not name:
            raise ApiError(400, 262212, 'The required field "name" is missing', "name")
        if any(
            item["name"] == name and item.get("svm", {}).get("uuid") == (svm or {}).get("uuid")
            for item in self.store.all("lif")
        ):
            raise ApiError(409, 1966140, f'A LIF named "{name}" already exists.', "name")
        default = "default-data-files" if svm else "default-management"
        record = merge(self.schema.defaults(call.version), body)
        record.update(
            uuid=new_uuid(),
            scope=scope,
            ip=self._ip(body.get("ip", {}), {}),
            location=self._location(body.get("location") or {}, {"auto_revert": True, "failover": "default"}),
            ipspace=body.get("ipspace") or {"name": "Default"},
            **self._services(body.get("service_policy") or {"name": default}),
        )
        record["state"] = "up" if record["enabled"] else "down"
        record.pop("svm", None)
        if svm:
            record["svm"] = owner(svm)
        self.save(record)
        return record

    def modify(self, call, record, changes):
        new = merge(record, changes)
        if (
            "name" in changes
            and changes["name"] != record["name"]
            and any(
                item["name"] == changes["name"] and item.get("svm") == record.get("svm")
                for item in self.store.all("lif")
            )
        ):
            raise ApiError(409, 1966140, f'A LIF named "{changes["name"]}" already exists.', "name")
        if "ip" in changes:
            new["ip"] = self._ip(changes["ip"], record["ip"], record["uuid"])
        if "location" in changes:
            new["location"] = self._location(changes["location"], record["location"])
        if "service_policy" in changes:
            new.update(self._services(changes["service_policy"]))
        new["state"] = "up" if new["enabled"] else "down"
        self.save(new)

    def delete(self, call, record):
        self.forget(record)


class FcInterfaces(Stored):
    path = "/network/fc/interfaces"
    table = "fc_lif"
    methods = ("GET",)
    schema = Schema("""
        uuid      uuid i
        name      str  i
        wwpn      str  -
        wwnn      str  -
        enabled   bool -
        state     str  -
        svm.name  str  -
        svm.uuid  uuid -
        location.home_node.name str -
        location.home_port.name str -
        location.node.name str -
        location.port.name str -
        data_protocol str -
        """)


ALL = (IpInterfaces, FcInterfaces)
