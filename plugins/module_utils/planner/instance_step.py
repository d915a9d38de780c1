# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done for one instance name: from what the project has to the next action. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import mismatch
from .election import elect, surplus
from .instance_facts import Difference, Server, Target, Volume

KEEP = "keep"
TIDY = "tidy"  # it is there, and so is a volume that a killed run left beside it
AWAIT_SERVER = "await_server"  # it is being built already
BOOT = "boot"  # a volume of an earlier run is there: adopt it
AWAIT_VOLUME = "await_volume"  # a volume of another run is still being made, or is being given to a server
REPLACE = "replace"  # a volume of an earlier run is in error: delete it and begin again
CREATE = "create"
CONFLICT = "conflict"

# What happens where an instance is there and is another one than asked for.
FAIL, REPORT, IGNORE = "fail", "report", "keep"
POLICIES = (FAIL, REPORT, IGNORE)

_MAKING = ("creating", "downloading")


@dataclass(frozen=True)
class Step:
    """``surplus`` are volumes of killed runs to be deleted on the way."""

    action: str
    server: Server | None = None
    volume: Volume | None = None
    what: str = ""
    cure: str = ""
    differences: tuple[Difference, ...] = ()
    surplus: tuple[Volume, ...] = ()


def next_step(
    name: str,
    target: Target | None,
    servers: Sequence[Server],
    volumes: Mapping[str, Volume],
    left: Sequence[Volume],
    on_mismatch: str = FAIL,
) -> Step:
    """``servers`` bear the name; ``volumes`` are all by ID; ``left`` are marked with the name and not
    attached. Without a target only duplicates are looked for.
    """
    if len(servers) > 1:
        return Step(
            CONFLICT,
            what=f"{len(servers)} servers are called {name}: " + ", ".join(sorted(one.id for one in servers)),
            cure="delete or rename all but one",
        )
    if target is None:
        return Step(KEEP)
    if servers:
        return _existing(name, target, servers[0], volumes, left, on_mismatch)
    chosen = elect(left)
    if chosen is None:
        broken = sorted((one for one in left if one.status != "deleting"), key=lambda one: one.id)
        if not broken:
            return Step(CREATE)
        kept = next((one for one in broken if one.holds_data), None)
        if kept:
            return Step(
                CONFLICT,
                volume=kept,
                what=f"Volume {kept.id}, which {name} had before, is in {kept.status}",
                cure=mending(kept.id),
            )
        return Step(REPLACE, volume=broken[0], surplus=tuple(surplus(broken[1:], None)))
    odd = mismatch.of_volume(target, chosen, exact_size=True)
    if odd:
        return Step(
            CONFLICT,
            volume=chosen,
            what=f"Volume {chosen.id} was left behind for {name} by an earlier run with {_listed(odd)}",
            cure="run with state absent for this name first, or ask for what it was",
            differences=tuple(odd),
        )
    more = tuple(surplus(left, chosen))
    if chosen.status == "available":
        return Step(BOOT, volume=chosen, surplus=more)
    if chosen.status in _MAKING or chosen.taken:
        return Step(AWAIT_VOLUME, volume=chosen, surplus=more)
    return Step(
        CONFLICT,
        volume=chosen,
        what=f"Volume {chosen.id}, left behind for {name}, is {chosen.status}",
        cure="wait until it is available or delete it",
    )


def _existing(
    name: str,
    target: Target,
    server: Server,
    volumes: Mapping[str, Volume],
    left: Sequence[Volume],
    on_mismatch: str,
) -> Step:
    attached = [volumes[one] for one in server.volumes if one in volumes]
    root = next((one for one in attached if one.marked_name == name), attached[0] if attached else None)
    if server.leaving:
        return Step(
            CONFLICT,
            server,
            root,
            f"Server {name} ({server.id}) is being deleted",
            "run again when it is gone",
        )
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
    odd = tuple(mismatch.of_server(target, server, root))
    if odd and on_mismatch == FAIL:
        return Step(
            CONFLICT,
            server,
            root,
            mismatch_text(name, server, odd),
            "choose another name, remove it (state absent) and run again, or set on_mismatch to report or "
            "keep",
            odd,
        )
    more = tuple(surplus(left, root))
    return Step(TIDY if more else KEEP, server, root, differences=odd, surplus=more)


def mending(volume_id: str) -> str:
    """The cure of a volume in error that holds data."""
    return (
        f"mend it (openstack volume set --state available {volume_id}), or give up its data by state absent, "
        "and run again"
    )


def mismatch_text(name: str, server: Server, odd: Sequence[Difference]) -> str:
    return f"Server {name} ({server.id}) exists with {_listed(odd)}"


def _listed(odd: Sequence[Difference]) -> str:
    return ", ".join(str(one) for one in odd)
