# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mount authority: may an NFS client mount, and which directory does it get (for the mount helper)."""

from __future__ import annotations

import ipaddress
import os

VERSIONS = {
    "3": "v3_enabled",
    "4": "v40_enabled",
    "4.0": "v40_enabled",
    "4.1": "v41_enabled",
    "4.2": "v41_enabled",
}
FAMILY = {"3": "nfs3", "4": "nfs4", "4.0": "nfs4", "4.1": "nfs4", "4.2": "nfs4"}


class Refused(Exception):
    """The reason, as a sentence."""


def matches(match, client):
    """A client match of an export rule: address, network, or everyone (facts B8)."""
    if match in ("0.0.0.0/0", "::/0"):
        return True
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(match, strict=False)
    except ValueError:
        return False  # host names and netgroups need a name service, which the lab has not


def rule_for(sim, policy_id, client, family):
    """The first rule, by index, that matches client and protocol."""
    rules = [rule for rule in sim.store.all("export_rule") if rule["policy"]["id"] == policy_id]
    for rule in sorted(rules, key=lambda item: item["index"]):
        protocols = rule.get("protocols") or ["any"]
        if not {"any", "nfs", family} & set(protocols):
            continue
        if any(matches(part, client) for item in rule["clients"] for part in item["match"].split(",")):
            return rule
    return None


def _lif(sim, server):
    lif = next((item for item in sim.store.all("lif") if item["ip"]["address"] == server), None)
    if lif is None:
        raise Refused(f"No LIF has the address {server}.")
    if not lif["enabled"] or lif["state"] != "up":
        raise Refused(f"LIF {lif['name']} ({server}) is down.")
    if lif.get("scope") != "svm" or "data_nfs" not in lif["services"]:
        raise Refused(f"LIF {lif['name']} ({server}) does not serve NFS.")
    return lif


def _service(sim, svm, version):
    service = sim.store.get("nfs", svm["uuid"])
    if service is None or not service["enabled"]:
        raise Refused(f"NFS is not enabled on SVM {svm['name']}.")
    if version not in VERSIONS:
        raise Refused(f"NFS version {version} is unknown.")
    if not service["protocol"][VERSIONS[version]]:
        raise Refused(f"NFS version {version} is not enabled on SVM {svm['name']}.")


def _volume(sim, svm, path):
    """The volume with the longest junction path that the path begins with."""
    best = None
    for volume in sim.store.all("volume"):
        junction = volume["nas"].get("path")
        if volume["svm"]["uuid"] != svm["uuid"] or not junction or volume.get("is_svm_root"):
            continue
        covers = path == junction or path.startswith(junction + "/")
        if covers and (best is None or len(junction) > len(best["nas"]["path"])):
            best = volume
    if best is None:
        raise Refused(f"SVM {svm['name']} has no volume at junction path {path}.")
    if best["state"] != "online":
        raise Refused(f"Volume {best['name']} is {best['state']}.")
    return best


def mount(sim, server, path, client, version):
    """The directory behind ``server:path`` for this client, and whether it may only read."""
    path = "/" + "/".join(part for part in path.split("/") if part not in ("", ".", ".."))
    lif = _lif(sim, server)
    svm = sim.store.get("svm", lif["svm"]["uuid"])
    if svm["state"] != "running":
        raise Refused(f"SVM {svm['name']} is {svm['state']}.")
    _service(sim, svm, version)
    volume = _volume(sim, svm, path)
    inside = path[len(volume["nas"]["path"]) :].strip("/")
    policy_id = volume["nas"]["export_policy"]["id"]
    for qtree in sim.store.all("qtree"):
        if (
            qtree["volume"]["uuid"] == volume["uuid"]
            and qtree["name"]
            and inside.split("/", maxsplit=1)[0] == qtree["name"]
        ):
            policy_id = (qtree.get("export_policy") or {}).get("id", policy_id)
    policy = sim.store.get("export_policy", policy_id)
    rule = rule_for(sim, policy_id, client, FAMILY[version])
    readable = rule and not {"none", "never"} >= set(rule["ro_rule"])
    writable = rule and not {"none", "never"} >= set(rule["rw_rule"])
    if not readable and not writable:
        raise Refused(
            f"Export policy {policy['name']} of volume {volume['name']} gives client {client} no access."
        )
    flexvol = sim.flexvol(volume["uuid"])
    flexvol.mount()
    directory = os.path.normpath(os.path.join(flexvol.root, inside))
    if not os.path.isdir(directory):
        raise Refused(f"{path} is not a directory in volume {volume['name']}.")
    return {"directory": directory, "read_only": not writable, "svm": svm["name"], "volume": volume["name"]}
