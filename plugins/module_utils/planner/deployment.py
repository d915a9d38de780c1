# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud lacks of what deploy makes, and whether Cinder's backends are up."""

from __future__ import annotations

from datetime import datetime, timedelta

# The user of Cinder's [glance] section needs both: with service alone volumes of private images end in error.
LOCATION_ROLES = ("admin", "service")

# Glance's API since which a service's user may read the locations of images (glance/api/versions.py).
LOCATIONS_API = (2, 17)

# By these the playbook teardown knows what deploy made, and takes nothing else away.
USER_DESCRIPTION = "Reads image locations for Cinder"
TYPE_DESCRIPTION = "Made by openstack_ontap.enhanced_instance"


def without_locations_api(versions: list[tuple]) -> str:
    """What is wrong with a Glance of these API versions, as a sentence without its end; empty for nothing."""
    newest = max(versions, default=())
    if not newest or newest >= LOCATIONS_API:
        return ""
    return (
        f"Glance speaks API {_dotted(newest)}, and a service's user can read where images lie from "
        f"{_dotted(LOCATIONS_API)} on"
    )


def _dotted(version: tuple) -> str:
    return ".".join(str(number) for number in version)


def missing_roles(wanted, found) -> list[str]:
    """Roles that are wanted and not had. Keystone compares names without regard to case."""
    have = {name.lower() for name in found}
    return [name for name in wanted if name.lower() not in have]


def differing_types(wanted: list[dict], found: list[dict]) -> list[dict]:
    """The wanted volume types (type, specs) that are missing or lack a spec; others' specs stay."""
    by_name = {record["name"]: record.get("extra_specs") or {} for record in found}
    return [
        {**item, "exists": item["type"] in by_name}
        for item in wanted
        if item["type"] not in by_name
        or any(by_name[item["type"]].get(key) != str(value) for key, value in item["specs"].items())
    ]


def work(found: dict, user: str, project: str) -> list[str]:
    """What is to be made of what a look found to be missing, as texts."""
    texts = []
    if not found.get("user_exists", True):
        texts.append(f"user {user} with the default project {project}")
    if found.get("missing_roles"):
        texts.append(f"{user} gets on {project}: {', '.join(found['missing_roles'])}")
    if administrator_lacks(found):
        texts.append(f"the administrator gets on its project: {', '.join(found['admin']['missing_roles'])}")
    for item in found["volume_types"]:
        specs = ", ".join(f"{key}={value}" for key, value in sorted(item["specs"].items()))
        texts.append(f"volume type {item['type']}{' with ' if specs else ''}{specs}")
    return texts


def administrator_lacks(found: dict) -> list[str]:
    """Roles that the asking user lacks on its project; none where its token has no project."""
    admin = found.get("admin") or {}
    return admin["missing_roles"] if admin.get("project_id") else []


def lacking_pools(wanted: list[str], pools, since: str = "") -> list[str]:
    """Wanted pools (backend#share) that Cinder does not report, or not since a time.

    The time is the Cinder host's own clock in UTC, as capabilities.timestamp of a pool is
    (cinder/scheduler/host_manager.py): a service is "up" before its driver has started, its pools are not.
    """
    fresh = {
        pool.name.partition("@")[2]
        for pool in pools
        if str(pool.capabilities.get("timestamp") or "") >= since
    }
    return [name for name in wanted if name not in fresh]


def silent_backends(backends: list[str], pools, since: str) -> list[str]:
    """Backends of which Cinder reports no pool since a time (see lacking_pools)."""
    fresh = {
        pool.name.partition("@")[2].partition("#")[0]
        for pool in pools
        if str(pool.capabilities.get("timestamp") or "") >= since
    }
    return [name for name in backends if name not in fresh]


def down_backends(backends: list[str], services: list[dict], hosts: list[str] = ()) -> list[str]:
    """Backends without a cinder-volume that is up; with hosts, host@backend for each of them that is not."""
    up = {record["host"] for record in services if record.get("state") == "up"}
    if hosts:
        return [f"{host}@{name}" for name in backends for host in hosts if f"{host}@{name}" not in up]
    return [name for name in backends if not any(host.endswith(f"@{name}") for host in up)]


# What a service writes of itself at its start lies closer together; its heartbeats (report_interval) do not.
BETWEEN_HEARTBEATS = timedelta(seconds=2)


def silent_services(names: list[str], services: list[dict], since: str, first: dict) -> list[str]:
    """Those of the services (host@backend) that have sent no heartbeat since a time of the host's own clock.

    In a cluster the pools are everybody's, so they do not tell which host's driver has started. A service
    whose driver has not started sends no heartbeat (cinder/service.py, report_state), but notes itself at its
    start. first: kept by the caller between looks, when each was noted first.
    """
    started = datetime.fromisoformat(since)
    noted = {record["host"]: record.get("updated_at") for record in services}
    silent = []
    for name in names:
        moment = datetime.fromisoformat(noted[name]).replace(tzinfo=None) if noted.get(name) else None
        if moment is None or moment < started or moment - first.setdefault(name, moment) < BETWEEN_HEARTBEATS:
            silent.append(name)
    return silent


def busy_volumes(volumes: list[dict], hosts: list[str]) -> list[dict]:
    """Those volumes whose host (host@backend#pool) is one of the hosts, or all where no host is named."""
    return [one for one in volumes if one["host"] and (not hosts or one["host"].partition("@")[0] in hosts)]
