# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first state: a cluster with nodes, aggregates, disks, accounts, SVMs and LIFs, from a JSON seed file.

::

    {"version": "9.17.1",
     "cluster": {"name": "lab", "management": "127.10.1.1", "model": "AFF-A400",
                 "nodes": ["lab-01", "lab-02"],
                 "aggregates": [{"name": "aggr1", "node": "lab-01", "size": "2TB"}]},
     "accounts": [{"name": "admin", "password_file": "/path", "role": "admin", "certificate": true,
                   "applications": ["http", "ontapi"]}],
     "svms": [{"name": "svm1", "aggregates": ["aggr1"],
               "accounts": [{"name": "vsadmin", "password": "..."}],
               "lifs": [{"name": "nfs_a", "address": "127.10.1.11", "node": "lab-01",
                         "service_policy": "default-data-files"}],
               "iscsi": true, "nfs": {"protocol": {"v41_enabled": true}}}],
     "switches": {"clone_existing": "overwrite"}}

Everything has a default. An SVM has a root volume, an export policy ``default`` without rules, and no NFS
service unless asked for.
"""

from __future__ import annotations

import uuid as uuids

from .auth import hash_password
from .resources.base import new_uuid, owner
from .resources.network import PORTS, SERVICES
from .resources.nfs import NfsServices
from .resources.san import new_iscsi_service
from .resources.svms import make_svm
from .schema import merge
from .values import to_size
from .versions import DEFAULT, KNOWN


class SeedError(ValueError):
    pass


def plant(sim, content):
    """Write the seed into an empty store, all or nothing."""
    unknown = set(content) - {"version", "cluster", "accounts", "svms", "switches"}
    if unknown:
        raise SeedError(f"The seed has unknown keys: {', '.join(sorted(unknown))}.")
    version = content.get("version", DEFAULT)
    if version not in KNOWN:
        raise SeedError(f"ONTAP version {version!r} is not simulated; choose from {', '.join(KNOWN)}.")
    with sim.store.change():
        _cluster(sim, content.get("cluster", {}), version)
        for account in content.get("accounts", []):
            _account(sim, account, owner(sim.cluster), "cluster", "admin")
        for svm in content.get("svms", []):
            _svm(sim, svm)
        for name, value in content.get("switches", {}).items():
            sim.switches.set(name, value)


def _fixed(*words):
    """The same uuid for the same names: a lab that is built again looks the same."""
    return str(uuids.uuid5(uuids.NAMESPACE_URL, "ontap-sim/" + "/".join(words)))


def _cluster(sim, given, version):
    name = given.get("name", "cluster1")
    sim.store.put(
        "cluster",
        "cluster",
        {
            "name": name,
            "uuid": _fixed(name),
            "version": version,
            "contact": "",
            "location": "",
            "timezone": {"name": "Etc/UTC"},
            "dns_domains": [],
            "name_servers": [],
            "ntp_servers": [],
        },
    )
    names = given.get("nodes", [f"{name}-01", f"{name}-02"])
    model = given.get("model", "AFF-A400")
    for number, node in enumerate(names, 1):
        uuid = _fixed(name, "node", node)
        partner = names[1 - (number - 1)] if len(names) == 2 else None
        sim.store.put(
            "node",
            uuid,
            {
                "uuid": uuid,
                "name": node,
                "model": model,
                "serial_number": f"7218{number:08d}",
                "state": "up",
                "membership": "available",
                "uptime": 864000,
                "location": "",
                "is_all_flash_optimized": model.startswith("AFF"),
                "is_all_flash_select_optimized": False,
                "is_capacity_optimized": False,
                "is_performance_optimized": model.startswith("AFF"),
                "ha": {
                    "enabled": bool(partner),
                    "auto_giveback": True,
                    "partners": [{"name": partner, "uuid": _fixed(name, "node", partner)}] if partner else [],
                },
                "cluster_interfaces": [],
                "management_interfaces": [],
            },
        )
    for item in given.get(
        "aggregates", [{"name": f"aggr{number}", "node": node} for number, node in enumerate(names, 1)]
    ):
        _aggregate(sim, name, item)
    if given.get("management"):
        _lif(
            sim,
            {"name": "cluster_mgmt", "address": given["management"], "service_policy": "default-management"},
            None,
        )
    for uuid, policy in ((_fixed("policy", key), key) for key in ("default", "default-1weekly", "none")):
        sim.store.put(
            "snapshot_policy",
            uuid,
            {"uuid": uuid, "name": policy, "enabled": policy != "none", "scope": "cluster", "comment": ""},
        )


def _aggregate(sim, cluster, given):
    node = next((item for item in sim.nodes() if item["name"] == given["node"]), None)
    if node is None:
        raise SeedError(f"Aggregate {given['name']}: there is no node {given['node']}.")
    uuid = _fixed(cluster, "aggregate", given["name"])
    place = {"name": node["name"], "uuid": node["uuid"]}
    sim.store.put(
        "aggregate",
        uuid,
        {
            "uuid": uuid,
            "name": given["name"],
            "node": place,
            "home_node": place,
            "state": "online",
            "size": to_size(given.get("size", "20TB"), "size"),
            "create_time": sim.clock.text(),
            "snaplock_type": "non_snaplock",
            "data_encryption": {"software_encryption_enabled": False},
            "block_storage": {
                "storage_type": "ssd",
                "mirror": {"enabled": False},
                "hybrid_cache": {"enabled": False},
                "primary": {"raid_type": "raid_dp", "disk_class": "solid_state", "disk_count": 12},
            },
        },
    )
    for number in range(12):
        disk = f"{given['name']}.0.{number}"
        sim.store.put(
            "disk",
            disk,
            {
                "name": disk,
                "uid": new_uuid(),
                "type": "ssd",
                "effective_type": "ssd",
                "class": "solid_state",
                "state": "present",
                "container_type": "aggregate",
                "usable_size": 3840 << 30,
                "node": place,
                "home_node": place,
                "aggregates": [{"name": given["name"], "uuid": uuid}],
            },
        )


def _password(account):
    if "password_file" in account:
        with open(account["password_file"], encoding="utf-8") as file:
            return file.read().strip()
    return account.get("password")


def _account(sim, given, holder, scope, role):
    password = _password(given)
    methods = (["password"] if password else []) + (["certificate"] if given.get("certificate") else [])
    record = {
        "owner": holder,
        "name": given["name"],
        "scope": scope,
        "locked": False,
        "role": {"name": given.get("role", role)},
        "applications": [
            {
                "application": name,
                "second_authentication_method": "none",
                "is_ldap_fastbind": False,
                "is_ns_switch_group": "no",
                "authentication_methods": methods if name in ("http", "ontapi") else ["password"],
            }
            for name in given.get("applications", ["http", "ontapi", "ssh"])
        ],
    }
    if password:
        record["password_hash"] = hash_password(password)
    sim.store.put("account", f"{holder['uuid']}/{given['name']}", record)


def _svm(sim, given):
    aggregates = [
        {"name": item["name"], "uuid": item["uuid"]}
        for item in sim.store.all("aggregate")
        if item["name"] in given.get("aggregates", [item["name"]])
    ]
    record = {
        "uuid": _fixed(sim.cluster["name"], "svm", given["name"]),
        "name": given["name"],
        "subtype": "default",
        "language": "c.utf_8",
        "comment": given.get("comment", ""),
        "aggregates": aggregates,
    }
    make_svm(sim, record, {"iscsi": {"allowed": True, "enabled": False}})
    for lif in given.get("lifs", []):
        _lif(sim, lif, record)
    for account in given.get("accounts", []):
        _account(sim, account, owner(record), "svm", "vsadmin")
    if given.get("iscsi"):
        sim.store.put("iscsi", record["uuid"], new_iscsi_service(sim, record))
    if given.get("nfs") is not None and given.get("nfs") is not False:
        service = merge(
            NfsServices.schema.defaults(sim.version), given["nfs"] if isinstance(given["nfs"], dict) else {}
        )
        sim.store.put(
            "nfs",
            record["uuid"],
            {**service, "svm": owner(record), "state": "online" if service["enabled"] else "offline"},
        )


def _lif(sim, given, svm):
    policy = given.get("service_policy", "default-data-files" if svm else "default-management")
    if policy not in SERVICES:
        raise SeedError(f"LIF {given['name']}: there is no service policy {policy}.")
    node = next((item for item in sim.nodes() if item["name"] == given.get("node")), sim.nodes()[0])
    place = {"name": node["name"], "uuid": node["uuid"]}
    port = {"name": PORTS[0], "node": {"name": node["name"]}}
    uuid = _fixed(sim.cluster["name"], "lif", (svm or sim.cluster)["name"], given["name"])
    record = {
        "uuid": uuid,
        "name": given["name"],
        "scope": "svm" if svm else "cluster",
        "enabled": True,
        "state": "up",
        "vip": False,
        "ip": {"address": given["address"], "netmask": str(given.get("netmask", "24")), "family": "ipv4"},
        "ipspace": {"name": "Default"},
        "service_policy": {"name": policy},
        "services": SERVICES[policy],
        "location": {
            "home_node": place,
            "home_port": port,
            "node": place,
            "port": port,
            "is_home": True,
            "auto_revert": True,
            "failover": "default",
        },
    }
    if svm:
        record["svm"] = owner(svm)
    sim.store.put("lif", uuid, record)
