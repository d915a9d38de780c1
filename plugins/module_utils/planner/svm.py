# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SVM lacks for enhanced instance creation: from what ontap_svm_info read to lists of work."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import exports, flexvols, ontap_versions
from .flexvols import Style

# The application of a peering that lets files be copied between its SVMs.
COPYING = "file_copy"


@dataclass(frozen=True)
class Wanted:
    """What the operator wants of one SVM; the role's variables."""

    vserver: str
    flexvols: list
    clients: dict
    exact: bool = False
    nova_superuser: bool = False
    anonymous: str = ""
    nfs: dict = field(default_factory=dict)  # field of the NFS service -> wanted value
    style: Style = field(default_factory=Style)
    glance_export_policy: str = ""
    copy_peers: list = field(default_factory=list)

    @property
    def nas(self) -> list[dict]:
        return [item for item in self.flexvols if not flexvols.is_san(item)]

    @property
    def export_policy(self) -> str:
        return self.style.export_policy


def plan(read: dict, wanted: Wanted) -> dict:
    """Work, problems (nothing is changed while there is one) and notes; every list is empty when nothing is
    to be done."""
    volumes = {record["name"]: record for record in read.get("volumes") or []}
    found_policies = {record["name"]: record.get("rules") or [] for record in read.get("policies") or []}
    made = [
        flexvols.made(item, volumes.get(item["name"]), wanted.style)
        for item in wanted.flexvols
        if item.get("aggregate")
    ]
    segments = _segments(read, wanted, volumes)
    steps = []
    for entry in _wanted_policies(wanted, volumes):
        steps += exports.steps(found_policies.get(entry["policy"], []), **entry)
    blocked = [step for step in steps if step["action"] == "blocked"]
    rules = [step for step in steps if step not in blocked]
    missing = list(dict.fromkeys(step["policy"] for step in steps if step["policy"] not in found_policies))
    nfs = _nfs(read, wanted)
    iscsi = _iscsi_missing(read, wanted)
    peers = _peers(read, wanted)
    problems = _problems(read, wanted, volumes) + [step["text"] for step in blocked] + segments["problems"]
    return {
        "problems": problems,
        "notes": _notes(read, wanted, volumes),
        "nfs": nfs,
        "iscsi": iscsi,
        "policies": [
            exports.new_policy(wanted.vserver, name, [step for step in rules if step["policy"] == name])
            for name in missing
        ],
        "rules": [step for step in rules if step["policy"] not in missing],
        "flexvols": [item for item in made if item["change"]],
        "autosize": [item for item in made if item["autosize"]],
        "efficiency": [item for item in made if item["efficiency"] is not None],
        "qtrees": segments["qtrees"],
        "directories": segments["directories"],
        "peers": peers["missing"],
        "peer_applications": peers["extended"],
        "texts": ([f"NFS service: {', '.join(nfs['differing'])}"] if nfs else [])
        + (["start the iSCSI service"] if iscsi else [])
        + [f"make export policy {name}" for name in missing]
        + [step["text"] for step in rules]
        + [item["text"] for item in made if item["text"]]
        + segments["texts"]
        + peers["texts"],
    }


def _nfs(read: dict, wanted: Wanted) -> dict:
    """What of the NFS service differs, with all its wanted values; empty when it is as wanted."""
    if not wanted.nas or not wanted.nfs:
        return {}
    now = read.get("nfs")
    if now is None:
        return {"values": wanted.nfs, "differing": ["make it"]}
    protocol = now.get("protocol") or {}
    current = {
        "enabled": now.get("enabled"),
        "v3": protocol.get("v3_enabled"),
        "v40": protocol.get("v40_enabled"),
        "v41": protocol.get("v41_enabled"),
        "vstorage": now.get("vstorage_enabled"),
    }
    differing = [
        f"{name} {'on' if value else 'off'}"
        for name, value in {"enabled": True, **wanted.nfs}.items()
        if bool(current[name]) != bool(value)
    ]
    return {"values": wanted.nfs, "differing": differing} if differing else {}


def _wants_iscsi(wanted: Wanted) -> bool:
    return any(item.get("protocol") == "iscsi" for item in wanted.flexvols)


def _iscsi_missing(read: dict, wanted: Wanted) -> bool:
    return _wants_iscsi(wanted) and not (read.get("iscsi") or {}).get("enabled")


def _segments(read: dict, wanted: Wanted, volumes: dict) -> dict:
    """Glance's directories and qtrees: those that are missing, and why one cannot be."""
    found = {"directories": [], "qtrees": [], "texts": [], "problems": []}
    qtrees = {(record["volume"]["name"], record.get("name")): record for record in read.get("qtrees") or []}
    for item in wanted.flexvols:
        name, path = item["name"], item.get("glance_directory")
        if not path:
            continue
        there = (read.get("directories") or {}).get(f"{name}/{path}")
        if not item.get("glance_qtree"):
            if there is None:
                found["directories"].append({"volume": name, "path": path, "volume_exists": name in volumes})
                found["texts"].append(f"make directory {name}/{path}")
            elif there != "directory":
                found["problems"].append(
                    f"{name}/{path} is a {there}, not a directory; name another glance_directory"
                )
            continue
        if "/" in path:
            found["problems"].append(
                f"glance_directory {path} of FlexVol {name} is to be a qtree, and those lie in the root of a "
                "FlexVol; give one name without a slash"
            )
            continue
        qtree = qtrees.get((name, path))
        if qtree is None and there is not None:
            found["problems"].append(
                f"{name}/{path} is a {there}, and a qtree cannot take its place; name another "
                "glance_directory, or leave glance_qtree out"
            )
        elif qtree is None or _policy_of(qtree) not in (None, wanted.glance_export_policy):
            work = {"volume": name, "name": path, "export_policy": wanted.glance_export_policy}
            found["qtrees"].append(dict(work, exists=qtree is not None, volume_exists=name in volumes))
            found["texts"].append(
                f"{'make' if qtree is None else 'change'} qtree {name}/{path} with export policy "
                f"{wanted.glance_export_policy}"
            )
    return found


def _policy_of(record: dict):
    return (record.get("export_policy") or {}).get("name")


def _wanted_policies(wanted: Wanted, volumes: dict) -> list[dict]:
    """Which policy has to have which rules; a host also passes the SVM's root volume."""
    if not wanted.nas:
        return []
    rules = exports.wanted_rules(wanted.clients, wanted.nova_superuser, anonymous=wanted.anonymous)
    names = []
    for item in wanted.nas:
        record = volumes.get(item["name"])
        if item.get("aggregate"):
            names.append(wanted.export_policy)
        elif record is not None:
            names.append(record["nas"]["export_policy"]["name"])
    data = list(dict.fromkeys(names))
    found = [
        {"policy": name, "wanted": rules, "exact": wanted.exact and name == wanted.export_policy}
        for name in data
    ]
    if any(item.get("glance_qtree") for item in wanted.nas):
        alone = {"glance": wanted.clients.get("glance") or []}
        glance = exports.wanted_rules(alone, anonymous=wanted.anonymous)
        found.append({"policy": wanted.glance_export_policy, "wanted": glance, "exact": wanted.exact})
    for record in volumes.values():
        name = _policy_of(record.get("nas") or {})
        if (record.get("nas") or {}).get("path") == "/" and name and name not in data:
            found.append(
                {
                    "policy": name,
                    "wanted": exports.wanted_rules(wanted.clients, read_only=True),
                    "exact": False,
                }
            )
    return found


def _peers(read: dict, wanted: Wanted) -> dict:
    """SVMs of the cluster to peer with, and peerings for something else that lack file_copy."""
    known = {}
    for record in read.get("peers") or []:
        ends = {record["svm"]["name"], record["peer"]["svm"]["name"]}
        known.update(dict.fromkeys(ends - {wanted.vserver}, record))
    found = {"missing": [], "extended": [], "texts": []}
    for name in wanted.copy_peers:
        applications = known.get(name, {}).get("applications") or []
        if name == wanted.vserver or COPYING in applications:
            continue
        if name not in known:
            found["missing"].append(name)
            found["texts"].append(f"peer SVM {wanted.vserver} with {name} for file copies")
            continue
        # ONTAP takes the whole list.
        entry = {"name": name, "uuid": known[name]["uuid"], "applications": [*applications, COPYING]}
        found["extended"].append(entry)
        found["texts"].append(
            f"add file_copy to the peering of SVM {wanted.vserver} with {name} "
            f"({', '.join(applications) or 'nothing'} until now)"
        )
    return found


def _problems(read: dict, wanted: Wanted, volumes: dict) -> list[str]:
    version = tuple(read.get("version") or ())
    found = [
        ontap_versions.sentence(version, feature)
        for feature in ontap_versions.missing(version)
        if feature.needed
    ]
    if not volumes:
        found.append(
            f"no volume of SVM {wanted.vserver} can be seen, not even its root volume; "
            "check the name of the SVM and the rights of the account"
        )
    lifs = {
        record["ip"]["address"]: record
        for record in read.get("interfaces") or []
        if (record.get("svm") or {}).get("name") == wanted.vserver
    }
    for item in wanted.flexvols:
        found += flexvols.problems(item, volumes.get(item["name"]))
        found += _lif_problems(item, lifs, wanted.vserver)
    holders = [item["name"] for item in wanted.flexvols if item.get("glance_directory")]
    if len(holders) > 1:
        found.append(
            f"FlexVols {', '.join(holders)} all name a glance_directory; "
            "keep it at the one that holds the images"
        )
    if _wants_iscsi(wanted) and not any("data_iscsi" in (lif.get("services") or ()) for lif in lifs.values()):
        found.append(
            f"SVM {wanted.vserver} has no LIF with the service data_iscsi, and the backend speaks iSCSI; "
            "make one on each node"
        )
    return found


def _lif_problems(item: dict, lifs: dict, vserver: str) -> list[str]:
    lif = item.get("lif")
    if not lif:
        return []
    where = f"FlexVol {item['name']}"
    if lif not in lifs:
        return [f"{where}: SVM {vserver} has no LIF {lif}; its LIFs are {', '.join(sorted(lifs)) or 'none'}"]
    record = lifs[lif]
    if record.get("state", "up") != "up":
        return [f"{where}: LIF {lif} is {record['state']}; bring it up first"]
    services = record.get("services")
    if services and "data_nfs" not in services and not flexvols.is_san(item):
        return [f"{where}: LIF {lif} does not serve NFS ({', '.join(services)}); name one that has data_nfs"]
    return []


def _notes(read: dict, wanted: Wanted, volumes: dict) -> list[str]:
    """What works less well than it could; nothing is stopped by it."""
    version = tuple(read.get("version") or ())
    used = ["file_copy", "access_words"]
    if wanted.style.snapshot_directory is not None:
        used.append("snapshot_directory")
    found = [ontap_versions.sentence(version, feature) for feature in ontap_versions.missing(version, used)]
    for item in wanted.flexvols:
        found += flexvols.notes(item, volumes.get(item["name"]), wanted.style)
    return found + [
        f"the account may not read {path}, so nothing is known of it" for path in read.get("unreadable") or []
    ]
