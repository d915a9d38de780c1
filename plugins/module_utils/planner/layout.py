# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the operator's variables to what each SVM, each Cinder backend and Glance are to have.

Every role and playbook reads the variables through this one function, so that they cannot disagree.
"""

from __future__ import annotations

PROTOCOLS = ("nfs", "iscsi", "fc")
# The backend of a FlexVol that holds Glance's images and no volumes.
NO_BACKEND = "none"
# The two ways to log in to ONTAP.
PASSWORD, CERTIFICATE = ("username", "password"), ("cert_filepath", "key_filepath")
DEFAULT_BACKEND, DEFAULT_VOLUME_TYPE = "ontap_nfs", "enhanced"


def layout(variables: dict) -> dict:
    """{"svms", "backends", "volume_types", "images", "problems"}; problems are sentences, none is raised.

    variables: ontap (list of connections), backends, flexvols, and for the short form backend and
    volume_type; each may be missing or empty.
    """
    connections = variables.get("ontap") or []
    flexvols = variables.get("flexvols") or []
    wanted = variables.get("backends") or [
        {
            "name": variables.get("backend") or DEFAULT_BACKEND,
            "volume_type": variables.get("volume_type") or DEFAULT_VOLUME_TYPE,
        }
    ]
    by_vserver = {connection.get("vserver"): connection for connection in connections}
    first_vserver = connections[0].get("vserver") if connections else None
    backends = [_backend(item, by_vserver, first_vserver) for item in wanted]
    by_name = {backend["name"]: backend for backend in backends}
    placed = [_placed(item, by_name, backends[0]["name"], first_vserver) for item in flexvols]
    for flexvol in placed:
        backend = by_name.get(flexvol["backend"])
        if backend is not None:
            backend["flexvols"].append(flexvol["name"])
            if backend["protocol"] == "nfs" and flexvol.get("lif"):
                backend["shares"].append(_share(flexvol))
    images = [flexvol for flexvol in placed if _holds_images(flexvol)]
    return {
        "svms": [_svm(connection, placed, by_name) for connection in connections],
        "backends": backends,
        "volume_types": _volume_types(backends),
        "images": _images(images),
        "problems": [
            *_connection_problems(connections, by_vserver),
            *_backend_problems(backends, by_vserver),
            *_flexvol_problems(placed, by_name, by_vserver),
            *_images_problems(images),
        ],
    }


def _backend(item: dict, by_vserver: dict, first_vserver: str | None) -> dict:
    vserver = item.get("vserver") or first_vserver
    return {
        **item,
        "protocol": item.get("protocol") or "nfs",
        "vserver": vserver,
        "connection": _own_account(by_vserver.get(vserver, {}), item.get("connection") or {}),
        "options": item.get("options") or {},
        "shares": [],
        "flexvols": [],
    }


def _own_account(connection: dict, own: dict) -> dict:
    """Deploy's connection, with Cinder's account where it has one of its own; it logs in in one way only."""
    for given, other in ((PASSWORD, CERTIFICATE), (CERTIFICATE, PASSWORD)):
        if any(own.get(key) for key in given):
            connection = {key: value for key, value in connection.items() if key not in other}
    return {**connection, **own}


def _volume_types(backends: list) -> list[dict]:
    return [
        {
            "type": backend["volume_type"],
            "specs": {
                "volume_backend_name": backend.get("volume_backend_name") or backend["name"],
                **(backend.get("extra_specs") or {}),
            },
        }
        for backend in backends
        if backend.get("volume_type")
    ]


def _placed(item: dict, by_name: dict, first_backend: str, first_vserver: str | None) -> dict:
    backend = item.get("backend") or first_backend
    vserver = item.get("vserver") or by_name.get(backend, {}).get("vserver") or first_vserver
    return {**item, "backend": backend, "vserver": vserver}


def _share(flexvol: dict) -> str:
    lif = flexvol["lif"]
    # Cinder and mount want an IPv6 address in brackets.
    return f"[{lif}]:/{flexvol['name']}" if ":" in lif and lif[0] != "[" else f"{lif}:/{flexvol['name']}"


def _holds_images(flexvol: dict) -> bool:
    """An empty glance_directory means the FlexVol's root."""
    return flexvol.get("glance_directory") is not None or flexvol["backend"] == NO_BACKEND


def _images(holders: list) -> dict:
    if not holders:
        return {}
    flexvol = holders[0]
    return {
        "name": flexvol["name"],
        "vserver": flexvol["vserver"],
        "share": _share(flexvol) if flexvol.get("lif") else "",
        "directory": flexvol.get("glance_directory") or "",
    }


def _svm(connection: dict, placed: list, by_name: dict) -> dict:
    vserver = connection.get("vserver")
    return {
        "vserver": vserver,
        "connection": connection,
        "flexvols": [
            {
                **{key: value for key, value in flexvol.items() if key not in ("backend", "vserver")},
                "protocol": by_name.get(flexvol["backend"], {}).get("protocol", "nfs"),
                # Only what hosts mount has a junction; LUNs are reached without one.
                "junction": by_name.get(flexvol["backend"], {}).get("protocol", "nfs") == "nfs",
            }
            for flexvol in placed
            if flexvol["vserver"] == vserver
        ],
    }


def _connection_problems(connections: list, by_vserver: dict) -> list[str]:
    if not connections:
        return [
            "enhanced_instance_ontap is empty; "
            "give one connection (hostname, username, password, vserver) for each SVM"
        ]
    found = []
    if len(by_vserver) < len(connections):
        found.append("enhanced_instance_ontap names one vserver twice; keep one connection for each SVM")
    if None in by_vserver or "" in by_vserver:
        found.append("a connection of enhanced_instance_ontap has no vserver; name the SVM")
    return found


def _backend_problems(backends: list, by_vserver: dict) -> list[str]:
    found = []
    for backend in backends:
        name = backend["name"]
        if backend["protocol"] not in PROTOCOLS:
            found.append(
                f"backend {name} has the protocol {backend['protocol']}; "
                f"it must be one of {', '.join(PROTOCOLS)}"
            )
        if backend["vserver"] not in by_vserver and by_vserver:
            found.append(
                f"backend {name} is on SVM {backend['vserver']}, "
                "for which enhanced_instance_ontap has no connection; add one"
            )
        if name == NO_BACKEND:
            found.append("a backend cannot be called none; give it another name")
        if not backend["flexvols"]:
            found.append(
                f"backend {name} has no FlexVol; name one in enhanced_instance_flexvols with backend: {name}"
            )
    for twice in _twice(backend["name"] for backend in backends):
        found.append(f"two backends are called {twice}; give each a name of its own")
    for twice in _twice(backend.get("volume_type") for backend in backends):
        found.append(f"two backends have the volume type {twice}; give each a volume type of its own")
    return found


def _flexvol_problems(placed: list, by_name: dict, by_vserver: dict) -> list[str]:
    if not placed:
        return ["enhanced_instance_flexvols is empty; name at least one FlexVol"]
    found = []
    for flexvol in placed:
        name, backend = flexvol["name"], by_name.get(flexvol["backend"])
        if backend is None and flexvol["backend"] != NO_BACKEND:
            found.append(
                f"FlexVol {name} belongs to backend {flexvol['backend']}, "
                "which is not in enhanced_instance_backends; "
                f"there are {', '.join(by_name)} (and none, for images only)"
            )
            continue
        if backend is not None and flexvol["vserver"] != backend["vserver"]:
            found.append(
                f"FlexVol {name} is on SVM {flexvol['vserver']}, but backend {backend['name']} serves SVM "
                f"{backend['vserver']}; Cinder's driver knows one SVM a backend"
            )
        elif flexvol["vserver"] not in by_vserver and by_vserver:
            found.append(
                f"FlexVol {name} is on SVM {flexvol['vserver']}, "
                "for which enhanced_instance_ontap has no connection; add one"
            )
        mounted = backend is None or backend["protocol"] == "nfs"
        if mounted and not flexvol.get("lif"):
            found.append(f"FlexVol {name} has no lif; name the address that hosts mount it from")
        if not mounted and flexvol.get("glance_directory") is not None:
            found.append(
                f"FlexVol {name} is of the {backend['protocol']} backend {backend['name']} "
                "and cannot hold Glance's files; name a glance_directory at an NFS FlexVol"
            )
    places = (f"{flexvol['vserver']}:{flexvol['name']}" for flexvol in placed)
    found += [f"FlexVol {twice} is named twice; keep one entry" for twice in _twice(places)]
    return found


def _images_problems(holders: list) -> list[str]:
    if not holders:
        return ["no FlexVol holds Glance's images; give one of enhanced_instance_flexvols a glance_directory"]
    if len(holders) > 1:
        names = ", ".join(flexvol["name"] for flexvol in holders)
        return [f"FlexVols {names} all hold Glance's images; keep the glance_directory at one of them"]
    return []


def _twice(names) -> list:
    seen, found = set(), []
    for name in names:
        if name and name in seen and name not in found:
            found.append(name)
        seen.add(name)
    return found
