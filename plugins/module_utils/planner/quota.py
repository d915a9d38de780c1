# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Will it fit? What is still to be made against the limits of Cinder and Nova, before the first create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Need:
    """What is still to be made. RAM in MiB."""

    volumes: int = 0
    volume_gib: int = 0
    volume_type: str | None = None
    servers: int = 0
    cores: int = 0
    ram: int = 0


def shortfalls(need: Need, cinder: Mapping[str, Any], nova: Mapping[str, Any]) -> list[str]:
    """One part of a sentence for each limit that is too low; none when all fits.

    ``cinder`` is os-quota-sets with usage, ``nova`` the absolute limits; -1 is no limit.
    """
    found = []
    total = need.volumes * need.volume_gib
    wants = [("volumes", need.volumes, "volumes"), ("gigabytes", total, "GiB of volumes")]
    if need.volume_type:
        wants += [
            (f"volumes_{need.volume_type}", need.volumes, f"volumes of type {need.volume_type}"),
            (f"gigabytes_{need.volume_type}", total, f"GiB of type {need.volume_type}"),
        ]
    for key, amount, what in wants:
        _check_project(found, cinder.get(key), f"Cinder: {what}", amount)
    single = cinder.get("per_volume_gigabytes")
    if isinstance(single, Mapping) and need.volumes:
        _check(found, "Cinder: GiB of one volume", need.volume_gib, int(single.get("limit", -1)), 0)
    for limit, used, amount, what in (
        ("maxTotalInstances", "totalInstancesUsed", need.servers, "instances"),
        ("maxTotalCores", "totalCoresUsed", need.servers * need.cores, "cores"),
        ("maxTotalRAMSize", "totalRAMUsed", need.servers * need.ram, "MiB of RAM"),
    ):
        if limit in nova:
            _check(found, f"Nova: {what}", amount, int(nova[limit]), int(nova.get(used) or 0))
    return found


def limits_types(cinder: Mapping[str, Any]) -> bool:
    """Whether any volume type has a limit of its own."""
    return any(
        isinstance(one, Mapping) and int(one.get("limit", -1)) >= 0
        for key, one in cinder.items()
        if key.startswith(("volumes_", "gigabytes_"))
    )


def volume_shortfalls(sizes: Sequence[int], cinder: Mapping[str, Any]) -> list[str]:
    """One part of a sentence for each limit of a project that volumes of these sizes (GiB) are beyond."""
    found: list[str] = []
    for key, amount, what in (
        ("volumes", len(sizes), "volumes"),
        ("gigabytes", sum(sizes), "GiB of volumes"),
    ):
        _check_project(found, cinder.get(key), f"Cinder: {what}", amount)
    return found


def _check_project(found: list[str], one: Any, what: str, amount: int) -> None:
    if isinstance(one, Mapping):
        used = int(one.get("in_use") or 0) + int(one.get("reserved") or 0)
        _check(found, what, amount, int(one.get("limit", -1)), used)


def _check(found: list[str], what: str, amount: int, limit: int, used: int) -> None:
    if limit >= 0 and amount > 0 and used + amount > limit:
        found.append(f"{what}: {amount} more are needed, {max(0, limit - used)} of {limit} are free")
