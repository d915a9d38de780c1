# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done for one instance name: from what the project has to the next action. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEEP = "keep"
AWAIT_SERVER = "await_server"  # it is being built already
BOOT = "boot"  # a volume of an earlier run is there: adopt it
AWAIT_VOLUME = "await_volume"  # a volume of an earlier run is still being made
REPLACE = "replace"  # a volume of an earlier run is in error: delete it and begin again
CREATE = "create"
CONFLICT = "conflict"

_MAKING = ("creating", "downloading")


@dataclass(frozen=True)
class Target:
    """What every instance shall be. None is not compared."""

    image_id: str
    flavor_id: str
    volume_gib: int
    volume_type: str | None = None


@dataclass(frozen=True)
class Volume:
    """A volume of the project as far as this decision needs it."""

    id: str
    status: str
    size: int
    volume_type: str | None = None
    image_id: str | None = None
    marked_name: str | None = None
    attached: bool = False
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Server:
    """A server of the project; ``volumes`` are the IDs of what is attached."""

    id: str
    status: str
    flavor_id: str | None = None
    volumes: Sequence[str] = ()
    fault: str = ""


@dataclass(frozen=True)
class Step:
    action: str
    server: Server | None = None
    volume: Volume | None = None
    what: str = ""
    cure: str = ""


def next_step(
    name: str,
    target: Target,
    servers: Sequence[Server],
    volumes: Mapping[str, Volume],
    left: Sequence[Volume],
) -> Step:
    """``servers`` bear the name; ``volumes`` are all by ID; ``left`` are marked with the name and not
    attached.
    """
    if len(servers) > 1:
        return Step(
            CONFLICT,
            what=f"{len(servers)} servers are called {name}: " + ", ".join(sorted(one.id for one in servers)),
            cure="delete or rename all but one",
        )
    if servers:
        return _existing(name, target, servers[0], volumes)
    usable = [one for one in left if one.status not in ("deleting", "error_deleting")]
    if not usable:
        return Step(CREATE)
    # Prefer a finished one: nothing has to be made again.
    volume = sorted(usable, key=lambda one: (one.status != "available", one.status not in _MAKING, one.id))[0]
    if volume.status.startswith("error"):
        return Step(REPLACE, volume=volume)
    odd = _differences(target, volume)
    if volume.size != target.volume_gib:
        odd.append(f"has {volume.size} GiB and not {target.volume_gib}")
    if odd:
        return Step(
            CONFLICT,
            volume=volume,
            what=f"Volume {volume.id} was left behind for {name} by an earlier run and {' and '.join(odd)}",
            cure="run with state absent for this name first, or ask for what it was",
        )
    if volume.status == "available":
        return Step(BOOT, volume=volume)
    if volume.status in _MAKING:
        return Step(AWAIT_VOLUME, volume=volume)
    return Step(
        CONFLICT,
        volume=volume,
        what=f"Volume {volume.id}, left behind for {name}, is {volume.status}",
        cure="wait until it is available or delete it",
    )


def _existing(name: str, target: Target, server: Server, volumes: Mapping[str, Volume]) -> Step:
    attached = [volumes[one] for one in server.volumes if one in volumes]
    root = next((one for one in attached if one.marked_name == name), attached[0] if attached else None)
    if server.status == "ERROR":
        return Step(
            CONFLICT,
            server,
            root,
            f"Server {name} ({server.id}) is in ERROR" + (f": {server.fault}" if server.fault else ""),
            "remove it (state absent) and run again",
        )
    if server.status == "BUILD":
        return Step(AWAIT_SERVER, server, root)
    odd = []
    if server.flavor_id is not None and server.flavor_id != target.flavor_id:
        odd.append(f"has flavor {server.flavor_id} and not {target.flavor_id}")
    if root is None:
        odd.append("does not boot from a volume")
    else:
        odd += _differences(target, root)
    if odd:
        return Step(
            CONFLICT,
            server,
            root,
            f"Server {name} ({server.id}) exists and {' and '.join(odd)}",
            "choose another name, or remove it (state absent) and run again",
        )
    return Step(KEEP, server, root)


def _differences(target: Target, volume: Volume) -> list[str]:
    odd = []
    if volume.image_id != target.image_id:
        odd.append(f"is of image {volume.image_id or 'none'} and not {target.image_id}")
    if target.volume_type is not None and volume.volume_type != target.volume_type:
        odd.append(f"has volume type {volume.volume_type} and not {target.volume_type}")
    return odd
