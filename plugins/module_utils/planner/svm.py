# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SVM lacks for enhanced instance creation: from what was read to lists of work."""

from __future__ import annotations

from dataclasses import dataclass

from . import exports

GIB = 1024**3
# The upstream driver refuses REST below this release (cinder client_cmode_rest.py, _init_features).
REST_VERSION = (9, 11, 1)


@dataclass(frozen=True)
class Wanted:
    vserver: str
    flexvols: list
    clients: dict
    export_policy: str
    exact: bool = False
    nova_superuser: bool = False


def plan(read: dict, wanted: Wanted) -> dict:
    """Work and problems; `read` holds na_ontap_rest_info's answers."""
    volumes = {record["name"]: record for record in _records(read, "storage_volumes")}
    policies = {
        record["name"]: record.get("rules") or []
        for record in _records(read, "protocols_nfs_export_policies")
        if record["svm"]["name"] == wanted.vserver
    }
    flexvols, directories, problems = [], [], _problems(read, wanted, volumes)
    for item in wanted.flexvols:
        record = volumes.get(item["name"])
        if item.get("aggregate"):
            flexvols.append(_made(item, record))
        if item.get("glance_directory"):
            directories.append(
                {
                    "volume": item["name"],
                    "path": item["glance_directory"],
                    "volume_exists": record is not None,
                }
            )
    steps = []
    for entry in _wanted_policies(wanted, volumes):
        steps += exports.steps(policies.get(entry["policy"], []), **entry)
    blocked = [step for step in steps if step["action"] == "blocked"]
    problems += [step["text"] for step in blocked]
    missing = sorted({step["policy"] for step in steps} - set(policies))
    return {
        "problems": problems,
        "policies": missing,
        "rules": [step for step in steps if step not in blocked],
        "flexvols": flexvols,
        "directories": directories,
        "texts": [f"make export policy {name}" for name in missing]
        + [step["text"] for step in steps if step not in blocked]
        + [item["text"] for item in flexvols if item["text"]],
    }


def _records(read: dict, name: str) -> list[dict]:
    return (read.get(name) or {}).get("records") or []


def _made(item: dict, record: dict | None) -> dict:
    size = int(item.get("size") or 0)
    # Autosize or an operator may have made it larger; it is never made smaller.
    grow = record is None or (record.get("space") or {}).get("size", 0) < size * GIB
    text = ""
    if record is None:
        text = f"make FlexVol {item['name']} of {size} GiB on {item['aggregate']}"
    elif grow and size:
        text = f"make FlexVol {item['name']} larger, {size} GiB"
    return {
        "name": item["name"],
        "aggregate": item["aggregate"],
        "size": size if grow and size else None,
        "exists": record is not None,
        "junction": item.get("junction", True),
        "text": text,
    }


def _wanted_policies(wanted: Wanted, volumes: dict) -> list[dict]:
    rules = exports.wanted_rules(wanted.clients, wanted.nova_superuser)
    names = []
    for item in wanted.flexvols:
        record = volumes.get(item["name"])
        if not item.get("junction", True):
            continue
        if item.get("aggregate"):
            names.append(wanted.export_policy)
        elif record is not None:
            names.append(record["nas"]["export_policy"]["name"])
    data = list(dict.fromkeys(names))
    found = [
        {"policy": name, "wanted": rules, "exact": wanted.exact and name == wanted.export_policy}
        for name in data
    ]
    for record in volumes.values():
        # A host passes the SVM's root volume on its way to a junction.
        name = ((record.get("nas") or {}).get("export_policy") or {}).get("name")
        if (record.get("nas") or {}).get("path") == "/" and name and name not in data:
            found.append(
                {
                    "policy": name,
                    "wanted": exports.wanted_rules(wanted.clients, read_only=True),
                    "exact": False,
                }
            )
    return found


def _problems(read: dict, wanted: Wanted, volumes: dict) -> list[str]:
    found = []
    version = (read.get("cluster") or {}).get("version") or {}
    number = tuple(int(version.get(part, 0)) for part in ("generation", "major", "minor"))
    if version and number < REST_VERSION:
        found.append(
            f"ONTAP is {'.'.join(map(str, number))}, but Cinder's driver speaks REST from 9.11.1 on; "
            "upgrade the cluster"
        )
    if not volumes:
        found.append(
            f"no volume of SVM {wanted.vserver} can be seen, not even its root volume; "
            "check the name of the SVM and the rights of the account"
        )
    lifs = {
        record["ip"]["address"]: record
        for record in _records(read, "network_ip_interfaces")
        if (record.get("svm") or {}).get("name") == wanted.vserver
    }
    for item in wanted.flexvols:
        found += _flexvol_problems(item, volumes.get(item["name"]))
        lif = item.get("lif")
        if lif and lif not in lifs:
            found.append(
                f"FlexVol {item['name']}: SVM {wanted.vserver} has no LIF {lif}; "
                f"its LIFs are {', '.join(sorted(lifs)) or 'none'}"
            )
        elif lif and lifs[lif].get("state", "up") != "up":
            found.append(f"FlexVol {item['name']}: LIF {lif} is {lifs[lif]['state']}; bring it up first")
    holders = [item["name"] for item in wanted.flexvols if item.get("glance_directory")]
    if len(holders) > 1:
        found.append(
            f"FlexVols {', '.join(holders)} all name a glance_directory; "
            "keep it at the one that holds the images"
        )
    return found


def _flexvol_problems(item: dict, record: dict | None) -> list[str]:
    name = item["name"]
    if record is None:
        if not item.get("aggregate"):
            return [f"FlexVol {name} does not exist; name an aggregate and a size if it is to be made"]
        return (
            []
            if item.get("size")
            else [f"FlexVol {name} is to be made, but no size is given; name its size in GiB"]
        )
    if record.get("style", "flexvol") != "flexvol":
        return [
            f"FlexVol {name} is a {record['style']}, in which files cannot be cloned or copied; "
            "name a FlexVol"
        ]
    if record.get("type", "rw") != "rw" or record.get("state", "online") != "online":
        return [f"FlexVol {name} is {record.get('type')} and {record.get('state')}; it must be rw and online"]
    path = (record.get("nas") or {}).get("path") or ""
    if not item.get("junction", True):
        return []
    # Cinder's driver takes the junction path for the volume's name (nfs_cmode.py, _copy_from_img_service).
    if path != f"/{name}" and (path or not item.get("aggregate")):
        return [
            f"FlexVol {name} has the junction path {path or 'none'}, but Cinder's driver finds it only at "
            f"/{name}; move its junction there"
        ]
    return []
