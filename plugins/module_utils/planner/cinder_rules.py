# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across the variables of role cinder_netapp, and across the hosts of cinder-volume: sentences."""

from __future__ import annotations

import itertools
import re

from . import cinder_backend, ini_edit
from .oslo_text import literal
from .shares import parse_share

TOOL = "netapp_copyoffload_tool_path"
# Drivers of tooz that lock on one host only; Cinder's default is file://$state_path (cinder/coordination.py).
LOCAL_LOCKS = ("file", "ipc", "zake")
# Sections of cinder.conf itself, in small letters, as oslo.config compares them.
TAKEN = (
    *("default", "backend_defaults", "barbican", "coordination", "cors", "database", "glance", "healthcheck"),
    *("key_manager", "keystone_authtoken", "nova", "os_brick", "privsep", "profiler", "service_user", "ssl"),
    *("vault",),
)


def problems(
    backends: list, target: str = "packaged", output_dir: str = "", hosts: dict | None = None
) -> list:
    """What cannot work; hosts: by inventory name, with backend_host, cluster, cluster_option (what the
    options say already), coordination (the address of [coordination] backend_url, which is not shown),
    running (cinder-volume) and pools (backend#pool)."""
    found = []
    if target != "packaged" and not output_dir:
        found.append(f"target {target} writes files; name the folder in cinder_netapp_output_dir")
    if not backends:
        found.append("cinder_netapp_backends is empty; name a backend")
    for backend in backends:
        found += _name_problems(backend["name"]) + _backend(backend)
    names = [backend["name"].lower() for backend in backends]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        found.append(f"two backends are called {name}; give each a name of its own")
    certificates = {backend["connection"].get("cert_filepath") for backend in backends} - {None, ""}
    if len(certificates) > 1:
        found.append(
            f"the backends name {len(certificates)} client certificates, but Cinder gets one; "
            "use one account, or passwords"
        )
    for share, name, other in _twice(backends):
        found.append(f"share {share} is in the backends {name} and {other}; take it out of one")
    return found + (_across_hosts(hosts or {}) if target == "packaged" else [])


def _name_problems(name: str) -> list[str]:
    """It is a section's name, an item of enabled_backends, and a part of a pool's (host@backend#pool)."""
    if name.lower() in TAKEN or name.lower().startswith("oslo_"):
        return [f"backend {name} has the name of another section of Cinder's options; give it another one"]
    if not re.fullmatch(r"[A-Za-z0-9_.+-]+", name):
        return [
            f"backend {name!r} has a name that Cinder cannot take; give it one of letters, digits and _ . + -"
        ]
    return []


def _written(backend: dict) -> list[str]:
    """What cannot stand in a file of options; no value is shown, for it may be a secret."""
    found = []
    for key in ("username", "password"):
        try:
            literal(str(backend["connection"].get(key) or ""))
        except ValueError as error:
            found.append(f"the {key} of backend {backend['name']} {error}")
    wrong = ini_edit.fault({backend["name"]: backend.get("options") or {}})
    return [*found, wrong] if wrong else found


def _backend(backend: dict) -> list[str]:
    name, connection, options = backend["name"], backend["connection"], backend.get("options") or {}
    found = _written(backend)
    certificate, key = connection.get("cert_filepath"), connection.get("key_filepath")
    if bool(certificate) != bool(key):
        found.append(f"backend {name} needs cert_filepath and key_filepath, and has one of them")
    if not certificate and not (connection.get("username") and connection.get("password")):
        found.append(
            f"backend {name} has neither a user name with a password nor a client certificate; give one"
        )
    if not cinder_backend.pool_names(backend):
        what = "flexvols" if cinder_backend.is_san(backend) else "shares"
        found.append(f"backend {name} has no {what}; name at least one")
    if not cinder_backend.is_san(backend):
        for share in backend.get("shares") or []:
            try:
                parse_share(share)
            except ValueError:
                found.append(f"share {share} of backend {name} is not of the form LIF:/junction")
    # nfs_cmode.py, copy_image_to_volume: get_ontapi_version is called outside of the try, and REST has none.
    zapi = any(
        cinder_backend.is_on(options.get(key), default=False)
        for key in ("netapp_use_legacy_client", "netapp_allow_zapi_fallback")
    )
    if options.get(TOOL) and not zapi:
        found.append(
            f"backend {name} names a {TOOL}, with which the driver fails for every volume from an image as "
            "long as it uses REST without ZAPI; leave it out (copy offload by REST needs no tool), or set "
            "netapp_allow_zapi_fallback: true in its options as well"
        )
    return found


def _twice(backends: list):
    places = [(share, backend["name"]) for backend in backends for share in backend.get("shares") or []]
    for (share, name), (again, other) in itertools.combinations(places, 2):
        if share == again:
            yield share, name, other


def _across_hosts(hosts: dict) -> list[str]:
    found = []
    for (first, one), (second, two) in itertools.combinations(sorted(hosts.items()), 2):
        if one.get("backend_host") and one.get("cluster"):
            continue  # named below
        names = {_name(pool) for pool in one["pools"]} & {_name(pool) for pool in two["pools"]}
        for name in sorted(names):
            here, there = _of(one["pools"], name), _of(two["pools"], name)
            together = any(
                one.get(kind) and one.get(kind) == two.get(kind) for kind in ("backend_host", "cluster")
            )
            if together and here != there:
                found.append(
                    f"hosts {first} and {second} serve backend {name} as one, but only one of them has "
                    f"{', '.join(sorted(here ^ there))}; give both the same shares"
                )
            elif not together and here & there:
                found.append(
                    f"hosts {first} and {second} both serve {', '.join(sorted(here & there))} "
                    f"of backend {name}, so Cinder would count its space twice; "
                    "give them one cinder_netapp_backend_host, or one cinder_netapp_cluster"
                )
    found += _coordination(hosts) + _active(hosts)
    for name, one in sorted(hosts.items()):
        if one.get("backend_host") and one.get("cluster"):
            found.append(
                f"host {name} has cinder_netapp_backend_host and cinder_netapp_cluster; keep one, for in a "
                "cluster each host keeps its own name"
            )
        elif one.get("backend_host") and one.get("cluster_option"):
            found.append(
                f"host {name} has cinder_netapp_backend_host, and in its own options the cluster "
                f"{one['cluster_option']}, into which Cinder would take the volumes; take that option out"
            )
    return found


def _coordination(hosts: dict) -> list[str]:
    """Hosts of a cluster lock each other's volumes at one place; its address may hold a password."""
    found, cure = [], "give them one cinder_netapp_coordination_url, for example etcd3+http://192.0.2.5:2379"
    clusters: dict[str, list[str]] = {}
    for name, one in sorted(hosts.items()):
        if one.get("cluster") and not one.get("backend_host"):
            clusters.setdefault(one["cluster"], []).append(name)
    for cluster, names in clusters.items():
        if len(names) < 2:
            continue
        urls = [hosts[name].get("coordination") or "file" for name in names]
        kinds = sorted({url.partition(":")[0] for url in urls} & set(LOCAL_LOCKS))
        together = f"hosts {', '.join(names)} are one cluster {cluster}"
        if kinds:
            found.append(
                f"{together}, but their locks ([coordination] backend_url) are kept by "
                f"{' and '.join(kinds)}, which no other host sees; {cure}"
            )
        elif len(set(urls)) > 1:
            found.append(f"{together}, but have different [coordination] backend_url; {cure}")
    return found


def _active(hosts: dict) -> list[str]:
    """Of hosts with one backend_host one at a time may serve: their locks are each host's own."""
    running: dict[str, list[str]] = {}
    for name, one in sorted(hosts.items()):
        if one.get("running") and one.get("backend_host") and not one.get("cluster"):
            running.setdefault(one["backend_host"], []).append(name)
    return [
        f"cinder-volume runs on hosts {', '.join(names)}, and of hosts with the cinder_netapp_backend_host "
        f"{name} one at a time may serve; stop it on all but one, and let a cluster manager start it on "
        "another when that one fails, or give them one cinder_netapp_cluster"
        for name, names in running.items()
        if len(names) > 1
    ]


def _name(pool: str) -> str:
    return pool.partition("#")[0]


def _of(pools: list, name: str) -> set:
    return {pool.partition("#")[2] for pool in pools if _name(pool) == name}
