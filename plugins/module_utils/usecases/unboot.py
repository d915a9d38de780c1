# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances absent: servers by name, and the volumes that we made for them."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from ..failures import EnhancedInstanceError, NotFound, Refused, TimedOut, WrongInput
from ..openstack import servers, volumes
from ..planner import instance_step as steps
from ..planner.election import DELETABLE
from . import boot_facts
from .boot import result
from .flow import FIRST_PAUSE, GROWTH, LONGEST_PAUSE
from .instance import DONE, Instance


class Removal(Instance):
    """An instance that goes away, with its volumes. ``listed`` are the IDs of all servers: a volume that
    names another one was read before that server went, and is waited for.
    """

    def __init__(self, name, found, ours, listed):
        super().__init__(name, steps.Step("remove" if found or ours else steps.KEEP))
        self.servers = {one.id for one in found}
        self.volumes = {one.id for one in ours}
        self.server_id = found[0].id if found else None
        self.volume_id = ours[0].id if ours else None
        others = {one.id: (set(one.held_by) - self.servers) & listed for one in ours}
        self.elsewhere = {volume: holders for volume, holders in others.items() if holders}
        self.asked = set()  # volumes that we asked Cinder to delete

    @property
    def gone(self):
        return not self.servers and not self.volumes

    @property
    def refusal(self):
        """Why nothing of it may be touched, or None."""
        if not self.elsewhere:
            return None
        volume, holders = next(iter(self.elsewhere.items()))
        return WrongInput(
            f"Volume {volume}, made for {self.name}, is attached to server {', '.join(sorted(holders))}, "
            "which has another name",
            cure=f"detach it, or delete its property {volumes.MARK_NAME} to keep it there",
        )


def absent(cloud, names, concurrency, timeout, progress, check_mode, clock=time.monotonic, sleep=time.sleep):
    """Remove servers and marked volumes; returns the module's result without ``requests``.

    Volumes that an operator attached to such a server by hand, or that bear no mark of ours, stay.
    """
    held = boot_facts.holdings(cloud)
    listed = {one.id for named in held.servers.values() for one in named}
    removals = [
        Removal(
            name,
            held.servers.get(name, []),
            [one for one in held.volumes.values() if one.marked_name == name and one.status != "deleting"],
            listed,
        )
        for name in names
    ]
    for one in removals:
        if len(one.servers) > 1:
            step = held.step(one.name, None)
            one.fail(WrongInput(step.what, cure=step.cure))
        elif one.refusal:
            one.fail(one.refusal)
        elif one.gone:
            one.state = DONE
        elif check_mode:
            one.changed = True
    todo = [one for one in removals if not one.ended]
    if todo and not check_mode:
        _remove(cloud, todo, concurrency, timeout, progress, clock, sleep)
    found = result(removals, [])
    found["diff"] = {
        "before": "".join(f"{one.name}\n" for one in removals if one.changed or one.failure),
        "after": "".join(f"{one.name}\n" for one in removals if one.failure),
    }
    return found


def _remove(cloud, todo, concurrency, timeout, progress, clock, sleep):
    started, pause, trouble = clock(), FIRST_PAUSE, ""

    def ask(one):
        try:
            for server in one.servers:
                _quietly(servers.delete, cloud, server)
                one.changed = True
        except EnhancedInstanceError as exc:
            one.fail(exc)

    with ThreadPoolExecutor(max_workers=concurrency) as workers:
        list(workers.map(ask, todo))
        while True:
            left = [one for one in todo if not one.ended]
            if not left:
                return
            before = sum(len(one.servers) + len(one.volumes) for one in left)
            try:
                _look(cloud, left, workers)
                trouble = ""
            except EnhancedInstanceError as exc:
                # As where instances are made: one bad answer to a poll is no reason to give up.
                if exc.sentence != trouble:
                    progress.line(f"a poll failed: {exc.sentence}")
                trouble = exc.sentence
            for one in left:
                if one.gone and not one.ended:
                    one.state = DONE
                    progress.line(f"{one.name}: removed", name=one.name)
                elif not one.ended and clock() - started > timeout:
                    rest = sorted(one.servers | one.volumes)
                    one.fail(
                        TimedOut(
                            f"{one.name} is not gone after {timeout} s, left are {', '.join(rest)}"
                            + (f", and the last look failed: {trouble}" if trouble else ""),
                            cure="raise timeout, or look at them; the next run goes on",
                        )
                    )
            moved = sum(len(one.servers) + len(one.volumes) for one in left) < before
            pause = FIRST_PAUSE if moved else min(pause * GROWTH, LONGEST_PAUSE)
            if any(not one.ended for one in left):
                sleep(pause)


def _look(cloud, left, workers):
    """One list of servers while there are any, then one of volumes; ask Cinder for what Nova does not
    delete.
    """
    if any(one.servers for one in left):
        there = {record["id"]: record for record in servers.list_all(cloud)}
        for one in left:
            one.servers &= set(there)
            broken = next((there[server] for server in one.servers if _stays(there[server])), None)
            if broken:
                one.fail(
                    _left(one, "Server", broken["id"], "ERROR", (broken.get("fault") or {}).get("message"))
                )
    if not any(one.volumes and not one.servers for one in left):
        return
    status = {record["id"]: record["status"] for record in volumes.list_all(cloud)}

    def ask(one):
        # Nova has asked Cinder for its part before the server is gone from the list.
        for volume in sorted(one.volumes):
            if status[volume] == "error_deleting":
                one.fail(_left(one, "Volume", volume, status[volume], volumes.why_error(cloud, volume)))
            elif status[volume] in DELETABLE and volume not in one.asked:
                try:
                    _quietly(volumes.delete, cloud, volume)
                    one.changed = True
                    one.asked.add(volume)
                except EnhancedInstanceError as exc:
                    one.fail(exc)

    ready = [one for one in left if not one.servers and not one.ended]
    for one in ready:
        one.volumes &= set(status)
    list(workers.map(ask, ready))


def _quietly(function, *arguments):
    with contextlib.suppress(NotFound):  # somebody else was faster
        function(*arguments)


def _stays(server):
    """Whether Nova has given up deleting a server; as long as it tries, it says so beside the status."""
    return server.get("status") == "ERROR" and server.get("OS-EXT-STS:task_state", "") is None


def _left(one, what, identity, status, said):
    """The failure of a removal that the service has given up."""
    service = "Nova" if what == "Server" else "Cinder"
    return Refused(
        f"{what} {identity} of {one.name} could not be deleted and is in {status}"
        + (f": {said}" if said else ""),
        service,
        "read the log of the service on its host, mend it there and run again",
    )
