# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that Cinder could not reach any more: without a backend, or under another name of its host."""

from __future__ import annotations

SHOWN = 5  # volumes that a sentence names
QUOTES = '""'


def stranded(volumes: list[dict], hosts: list[str], backends: list[str], renamed: dict | None = None) -> dict:
    """{backend: IDs of its volumes that this host serves}, for those of the backends that have any.

    volumes: id, host (``host@backend#pool``, None before one is scheduled) and cluster_name, by which Cinder
    finds a volume before it looks at the host. hosts: names by which Cinder knows a host, and its cluster;
    volumes of a namesake backend on another host stay in reach. renamed: what :func:`renamed` found.
    """
    found: dict = {}
    going = {(host, backend) for host in hosts for backend in backends}
    going |= {(one["name"], backend) for backend, one in (renamed or {}).items()}
    for volume in volumes:
        place = volume.get("cluster_name") or volume.get("host") or ""
        host, _at, rest = place.partition("@")
        backend = rest.partition("#")[0]
        if (host, backend) in going:
            found.setdefault(backend, []).append(volume["id"])
    return found


def why_not(
    volumes: list[dict] | None, hosts: list[str], leaving: list[str], renamed: dict | None = None
) -> str:
    """Why backends must not leave or get another name, as a sentence without its end; empty for no reason.

    volumes: None where nobody can tell; then each backend may have some. The rest is as for :func:`stranded`.
    """
    renamed = renamed or {}
    if volumes is None:
        found = {backend: [] for backend in [*leaving, *renamed]}
    else:
        found = stranded(volumes, hosts, leaving, renamed)
    if not found:
        return ""
    ids = [one for some in found.values() for one in some]
    more = ", ..." if len(ids) > SHOWN else ""
    parts, cures = [], []
    gone, known = [one for one in found if one in leaving], [one for one in found if one in renamed]
    if gone:
        parts.append(
            f"{', '.join(gone)}, which cinder_netapp_backends no longer names; without a backend Cinder "
            "cannot reach its volumes"
        )
        cures += ["name it again", "move or delete the volumes"]
    if known:
        old, new = ({renamed[one][key] or "each host's own" for one in known} for key in ("name", "new"))
        parts.append(
            f"{', '.join(known)}, which Cinder knows as {', '.join(sorted(old))} and would look for under "
            f"another name ({', '.join(sorted(new))})"
        )
        commands = _commands(volumes, {one: renamed[one] for one in known}, ids)
        cures += ["keep that name", f"give the volumes the new one first ({'; '.join(commands)})"]
    where = (
        f"{len(ids)} volumes ({', '.join(ids[:SHOWN])}{more}) are on backend "
        if ids
        else "No cinder_netapp_admin_cloud is given that tells whether volumes are on backend "
    )
    return (
        f"{where}{' and '.join(parts)}. Nothing was changed in Cinder: {', '.join(cures)}, or list it in "
        "cinder_netapp_abandoned_backends"
    )


def cut_off(volumes: list[dict], hosts: list[str], backends: list[str], pools: list[str]) -> str:
    """Why pools must not leave backends that stay, as a sentence without its end; empty for no reason.

    volumes, hosts: as for :func:`stranded`. pools: those that the backends are to have (backend#pool).
    """
    found: dict = {}
    for volume in volumes:
        place = volume.get("cluster_name") or volume.get("host") or ""
        backend, sharp, pool = (volume.get("host") or "").partition("@")[2].partition("#")
        name = f"{backend}#{pool}"
        if sharp and backend in backends and name not in pools and place.partition("@")[0] in hosts:
            found.setdefault(name, []).append(volume["id"])
    if not found:
        return ""
    ids = [one for some in found.values() for one in some]
    more = ", ..." if len(ids) > SHOWN else ""
    return (
        f"{len(ids)} volumes ({', '.join(ids[:SHOWN])}{more}) are in {' and '.join(found)}, which the "
        "backend no longer names, and Cinder could not reach them without it; name it again, move or delete "
        "the volumes, or list the backend in cinder_netapp_abandoned_backends"
    )


def _commands(volumes: list[dict] | None, renamed: dict, ids: list[str]) -> list[str]:
    """What gives volumes another name; of a host cinder-manage wants every pool by itself."""
    found = [
        f"cinder-manage cluster rename {one['name']} {one['new'] or QUOTES}"
        for one in renamed.values()
        if one["cluster"]
    ]
    hosts = {backend: one for backend, one in renamed.items() if not one["cluster"]}
    if volumes is None:
        places = [f"{one['name']}@{backend}#POOL" for backend, one in hosts.items()]
    else:
        places = [one.get("host") or "" for one in volumes if one["id"] in ids]
    for place in places:
        backend, sharp, pool = place.partition("@")[2].partition("#")
        if backend in hosts:
            new = f"{hosts[backend]['new']}@{backend}{sharp}{pool}"
            found.append(f"cinder-manage volume update_host --currenthost {place} --newhost {new}")
    return list(dict.fromkeys(found))


def still_in_cluster(services: list[dict], host: str, renamed: dict) -> str:
    """Why backends cannot leave their cluster yet, as a sentence without its end; empty for no reason.

    Cinder writes a cluster into a service's record, but never takes one out (cinder/service.py, __init__),
    and its scheduler goes by the record: without this the pools would not come back. services: host and
    cluster of cinder-volume's records. host: its own name. renamed: what :func:`renamed` found.
    """
    known = {record["host"]: (record.get("cluster") or "").partition("@")[0] for record in services}
    held = {
        f"{host}@{backend}": one["name"]
        for backend, one in renamed.items()
        if known.get(f"{host}@{backend}") == one["name"]
    }
    if not held:
        return ""
    cluster = next(iter(held.values()))
    return (
        f"Cinder's records have {', '.join(held)} in cluster {cluster}, and Cinder takes a service out of "
        "none by itself. Nothing was changed: stop cinder-volume on this host, run "
        + " and ".join(f"cinder-manage service remove cinder-volume {name}" for name in held)
        + f', with its last host also cinder-manage cluster rename {cluster} "", and run this again, or keep '
        "the cluster"
    )


def renamed(backends: list[dict], deployed: dict, defaults: dict) -> dict:
    """{backend: ``{name, new, cluster}``}, where Cinder knows its volumes by a name and would by a new one.

    Nothing moves volumes to another host's name. Into its first cluster Cinder takes them itself
    (cinder/service.py, added_to_cluster), but not into another one, and not out of one. cluster: whether the
    names are of clusters; new is empty then for none. deployed: a result of service_config_info, with host,
    cluster and backend_host among its options.
    """
    found = {}
    there = set(deployed["sections"]) | set(deployed["ignored_sections"])
    main, before = deployed["options"], {**deployed["options"], **deployed["ignored_options"]}
    host = _last(before, "DEFAULT/host") or deployed["hostname"]
    old_cluster = _last(before, "DEFAULT/cluster")
    new_cluster = defaults.get("cluster") or _last(main, "DEFAULT/cluster")
    for backend in backends:
        name, options = backend["name"], backend.get("options") or {}
        if name not in there:
            continue
        key = f"{name}/backend_host"
        chosen = options.get("backend_host") or defaults.get("backend_host")
        old_host, new_host = _last(before, key) or host, chosen or _last(main, key) or host
        old, new = (old_cluster, new_cluster) if old_cluster else (old_host, new_host)
        if old != new:
            found[name] = {"name": old, "new": new, "cluster": bool(old_cluster)}
    return found


def _last(options: dict, name: str) -> str:
    return (options.get(name) or [""])[-1]
