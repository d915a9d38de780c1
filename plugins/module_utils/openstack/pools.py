# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools of Cinder and the volume type that chooses among them."""

from __future__ import annotations

from ..failures import EnhancedInstanceError, NotAuthorized, NotFound, WrongInput
from ..planner.facts import Pool
from ..planner.names import looks_like_uuid
from ..planner.shares import parse_pool_name, parse_share
from ..planner.specs import pool_fits

ADMIN_CURE = "use a cloud whose user is an administrator (admin_cloud)"


def list_pools(cloud):
    """All pools as planner facts without their FlexVols; one request (GET /scheduler-stats/get_pools)."""
    try:
        records = cloud.get("block_storage", "/scheduler-stats/get_pools", detail="true").get("pools", [])
    except NotAuthorized as exc:
        raise NotAuthorized(
            "Cinder shows its pools to administrators only",
            f"cloud {cloud.label}",
            ADMIN_CURE,
            exc.status,
            exc.code,
        ) from exc
    return sorted((_pool(record) for record in records), key=lambda pool: pool.name)


def _pool(record):
    name, capabilities = record["name"], record.get("capabilities") or {}
    try:
        _host, backend, share = parse_pool_name(name)
    except ValueError:
        # A cinder-volume without enabled_backends has no backend in its name.
        backend, share = "", name.partition("#")[2]
    protocol = capabilities.get("storage_protocol") or ""
    if isinstance(protocol, list):
        # Cinder 29 reports every spelling: ["NFS", "nfs"].
        protocol = protocol[0] if protocol else ""
    lif = ""
    try:
        lif = parse_share(share).host
    except ValueError:
        share = "" if str(protocol).lower() == "nfs" else share
    free = capabilities.get("free_capacity_gb")
    return Pool(
        name=name,
        backend=backend,
        share=share,
        protocol=str(protocol).lower(),
        lif=lif,
        free_gib=float(free) if isinstance(free, (int, float)) else None,
        capabilities=capabilities,
    )


def find_type(cloud, wanted):
    """The record of a volume type (None: Cinder's default one); one request. ``extra_specs`` is admin's to
    see.
    """
    if wanted is None:
        try:
            return cloud.get("block_storage", "/types/default")["volume_type"]
        except NotFound as exc:
            raise NotFound(
                "Cinder has no default volume type",
                f"cloud {cloud.label}",
                "name one in volume_type",
                exc.status,
                exc.code,
            ) from exc
    records = list_types(cloud)
    by_id = [record for record in records if record["id"] == wanted] if looks_like_uuid(wanted) else []
    found = by_id or [record for record in records if record["name"] == wanted]
    if not found:
        raise NotFound(
            f"There is no volume type {wanted!r}",
            f"cloud {cloud.label}",
            "give one of "
            + (", ".join(sorted(record["name"] for record in records)) or "none that this user sees"),
        )
    return found[0]


def list_types(cloud):
    """All volume types, private ones too; one request."""
    return cloud.pages("block_storage", "/types", "volume_types", is_public="None")


def is_encrypted(cloud, volume_type):
    """Whether the type encrypts its volumes; one request. None when this user may not see it."""
    try:
        answer = cloud.get("block_storage", f"/types/{volume_type['id']}/encryption")
    except NotFound:
        return False
    except EnhancedInstanceError as exc:
        if exc.status == 403:
            return None
        raise
    return bool(answer.get("encryption_id"))


def eligible(pools, volume_type):
    """The pools that a volume of the type may be scheduled to."""
    specs = volume_type.get("extra_specs") or {}
    return [
        pool
        for pool in pools
        if pool_fits(specs, dict(pool.capabilities, pool_name=_capability_name(pool))) is None
    ]


def _capability_name(pool):
    return pool.capabilities.get("pool_name") or pool.share


def select(pools, backend=None, names=None, query=None):
    """Narrow pools by backend, by list of names or shares, or by a JMESPath expression over their records."""
    chosen = list(pools)
    if backend is not None:
        chosen = [
            pool
            for pool in chosen
            if backend
            in (pool.backend, pool.capabilities.get("volume_backend_name"), pool.name.partition("#")[0])
        ]
        if not chosen:
            raise NotFound(
                f"No pool belongs to backend {backend!r}", cure=_one_of({pool.backend for pool in pools})
            )
    if names:
        wanted = set(names)
        unknown = sorted(wanted - {name for pool in chosen for name in (pool.name, pool.share)})
        if unknown:
            raise NotFound(
                "There is no pool " + ", ".join(repr(name) for name in unknown),
                cure=_one_of(pool.name for pool in chosen),
            )
        chosen = [pool for pool in chosen if pool.name in wanted or pool.share in wanted]
    if query:
        chosen = _query(chosen, query)
    return chosen


def record(pool):
    """What pool_query sees of a pool: its names, its capabilities, its FlexVol when known."""
    flexvol = pool.flexvol
    return {
        "name": pool.name,
        "backend": pool.backend,
        "share": pool.share,
        "protocol": pool.protocol,
        "lif": pool.lif,
        "free_gib": pool.free_gib,
        "svm": flexvol.svm if flexvol else None,
        "flexvol": flexvol.name if flexvol else None,
        "junction": flexvol.junction if flexvol else None,
        "capabilities": dict(pool.capabilities),
    }


def _query(pools, query):
    try:
        import jmespath
    except ImportError as exc:
        from ..failures import MissingLibrary

        raise MissingLibrary(
            f"pool_query needs the Python library jmespath ({exc})",
            cure="install jmespath for the Python that runs the module",
        ) from exc
    try:
        answer = jmespath.search(query, [record(pool) for pool in pools])
    except jmespath.exceptions.JMESPathError as exc:
        raise WrongInput(
            f"pool_query {query!r} is not a JMESPath expression: {' '.join(str(exc).split())}"
        ) from exc
    if not isinstance(answer, list):
        raise WrongInput(
            f"pool_query {query!r} gives {type(answer).__name__} and must give a list of pools or of their "
            "names",
            cure="write for example [?free_gib > `100`]",
        )
    names = [one.get("name") if isinstance(one, dict) else one for one in answer]
    known = [pool.name for pool in pools]
    strange = next((one for one in names if one not in known), None)
    if strange is not None or None in names:
        raise WrongInput(
            f"pool_query {query!r} gives {strange!r}, which is neither a pool nor the name of one",
            cure="write for example [?free_gib > `100`]",
        )
    return [pool for pool in pools if pool.name in names]


def _one_of(names):
    names = sorted(names)
    return "give one of " + ", ".join(names) if names else "no pool is eligible"
