# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances absent: servers by name, and the volumes that we made for them."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from ..failures import EnhancedInstanceError, NotFound, TimedOut, WrongInput
from ..openstack import servers, volumes
from ..planner import instance_step as steps
from . import boot_facts
from .boot import result
from .flow import FIRST_PAUSE, GROWTH, LONGEST_PAUSE
from .instance import DONE, Instance

REMOVABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")


class Removal(Instance):
    """An instance that goes away, with its volumes."""

    def __init__(self, name, found, ours):
        super().__init__(name, steps.Step("remove" if found or ours else steps.KEEP))
        self.servers = {one.id for one in found}
        self.volumes = {one.id for one in ours}
        self.server_id = found[0].id if found else None
        self.volume_id = ours[0].id if ours else None
        self.asked = set()  # volumes that we asked Cinder to delete

    @property
    def gone(self):
        return not self.servers and not self.volumes


def absent(cloud, names, concurrency, timeout, progress, check_mode, clock=time.monotonic, sleep=time.sleep):
    """Remove servers and marked volumes; returns the module's result without ``requests``.

    Volumes that an operator attached to such a server by hand, or that bear no mark of ours, stay.
    """
    held = boot_facts.holdings(cloud)
    removals = [
        Removal(
            name,
            held.servers.get(name, []),
            [one for one in held.volumes.values() if one.marked_name == name and one.status != "deleting"],
        )
        for name in names
    ]
    for one in removals:
        if len(one.servers) > 1:
            step = held.step(one.name, None)
            one.fail(WrongInput(step.what, cure=step.cure))
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
        "after": "",
    }
    return found


def _remove(cloud, todo, concurrency, timeout, progress, clock, sleep):
    started, pause = clock(), FIRST_PAUSE

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
            _look(cloud, left, workers)
            for one in left:
                if one.gone and not one.ended:
                    one.state = DONE
                    progress.line(f"{one.name}: removed", name=one.name)
                elif not one.ended and clock() - started > timeout:
                    rest = sorted(one.servers | one.volumes)
                    one.fail(
                        TimedOut(
                            f"{one.name} is not gone after {timeout} s, left are {', '.join(rest)}",
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
        there = {record["id"] for record in servers.list_all(cloud)}
        for one in left:
            one.servers &= there
    if not any(one.volumes and not one.servers for one in left):
        return
    status = {record["id"]: record["status"] for record in volumes.list_all(cloud)}

    def ask(one):
        # Nova has asked Cinder for its part before the server is gone from the list.
        for volume in sorted(one.volumes - one.asked):
            if status[volume] in REMOVABLE:
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
