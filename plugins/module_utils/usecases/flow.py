# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many instances at once: volumes by Cinder, servers by Nova, overlapping.

A bounded number of instances is under way; a few threads send the calls; the loop polls with one list
request for all volumes and one for all servers, at short intervals that grow while nothing changes.
"""

from __future__ import annotations

import datetime
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ..failures import EnhancedInstanceError, Refused, TimedOut
from ..openstack import servers, volumes
from ..planner import instance_step as steps
from . import evidence
from .instance import QUEUED, SERVER, VOLUME

# Instances under way for each call that may be under way.
DEPTH = 5
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 5.0, 1.5
# The controller's clock may be so many seconds ahead of Nova's.
CLOCK_MARGIN = 600


@dataclass(frozen=True)
class Order:
    """What every instance is made with."""

    plan: object  # boot_facts.Blueprint
    networks: object
    ground: object  # evidence.Ground
    server_options: dict
    volume_zone: str | None = None
    concurrency: int = 4
    timeout: int = 3600


class Flow:
    """``watch`` is the cloud whose volume lists name the pools (the administrator's), or None."""

    def __init__(self, cloud, watch, arrays, order, progress, clock=time.monotonic, sleep=time.sleep):
        self.cloud, self.watch, self.arrays = cloud, watch, arrays
        self.order, self.progress = order, progress
        self.clock, self.sleep = clock, sleep
        self._pause = FIRST_PAUSE
        self._next_poll = 0.0
        self._since = None

    def run(self, instances):
        """Take every instance to its end; a failure of one does not stop the others."""
        waiting = [one for one in instances if not one.ended]
        self._since = _iso(time.time() - CLOCK_MARGIN)
        limit = self.order.concurrency * DEPTH
        with ThreadPoolExecutor(max_workers=self.order.concurrency) as workers:
            calls = {}
            while True:
                under_way = [one for one in waiting if one.state in (VOLUME, SERVER) or one.busy]
                for one in [one for one in waiting if one.state == QUEUED and not one.busy][
                    : limit - len(under_way)
                ]:
                    self._begin(one, workers, calls)
                if all(one.ended for one in waiting) and not calls:
                    return
                self._harvest(calls)
                self._poll(waiting, workers, calls)

    def _begin(self, one, workers, calls):
        one.started = self.clock()
        action = one.step.action
        if action == steps.AWAIT_VOLUME:
            one.state = VOLUME
        elif action == steps.AWAIT_SERVER:
            one.state = SERVER
        elif action == steps.BOOT:
            # An adopted volume passes through the poll, which brings its pool and image metadata.
            one.state = VOLUME
        else:
            self._call(workers, calls, one, self._make_volume)

    def _call(self, workers, calls, one, function):
        one.busy = True
        calls[workers.submit(function, one)] = one

    def _harvest(self, calls):
        """Wait until a call ends or the next poll is due."""
        pause = max(0.0, self._next_poll - self.clock())
        if not calls:
            if pause:
                self.sleep(pause)
            return
        for future in wait(calls, timeout=pause, return_when=FIRST_COMPLETED).done:
            one = calls.pop(future)
            one.busy = False
            try:
                future.result()
            except EnhancedInstanceError as exc:
                self._fail(one, exc)
            self._pause = FIRST_PAUSE

    def _make_volume(self, one):
        order = self.order
        if one.step.action == steps.REPLACE:
            volumes.delete(self.cloud, one.volume_id)
            one.changed = True
        made = volumes.create(
            self.cloud,
            one.name,
            order.plan.volume_gib,
            order.plan.image.id,
            order.plan.volume_type,
            order.volume_zone,
            {volumes.MARK_NAME: one.name, volumes.MARK_IMAGE: order.plan.image.id},
        )
        one.volume_id, one.changed, one.state = made["id"], True, VOLUME

    def _make_server(self, one):
        """Evidence first, while nobody writes to the volume; then the server."""
        order = self.order
        verdict, one.evidence, one.pool = evidence.gather(
            self.arrays, order.ground, one.volume, one.volume_seconds
        )
        one.path, one.why = verdict.path, verdict.why
        evidence.keep(self.cloud, one.volume_id, verdict, one.pool)
        made = servers.create(
            self.cloud, one.name, one.volume_id, order.plan.flavor["id"], order.networks, order.server_options
        )
        one.server_id, one.changed, one.state = made["id"], True, SERVER

    def _poll(self, waiting, workers, calls):
        if self.clock() < self._next_poll:
            return
        on_volume = {one.volume_id: one for one in waiting if one.state == VOLUME and not one.busy}
        on_server = {one.server_id: one for one in waiting if one.state == SERVER and not one.busy}
        moved = False
        try:
            if on_volume:
                moved |= self._poll_volumes(on_volume, workers, calls)
            if on_server:
                moved |= self._poll_servers(on_server)
        except EnhancedInstanceError as exc:
            # One bad answer to a poll is no reason to give up what is being built; the time limit is.
            self.progress.line(f"a poll failed: {exc.sentence}")
        for one in list(on_volume.values()) + list(on_server.values()):
            self._check_time(one)
        self._pause = FIRST_PAUSE if moved else min(self._pause * GROWTH, LONGEST_PAUSE)
        self._next_poll = self.clock() + self._pause

    def _poll_volumes(self, wanted, workers, calls):
        watch, project = (self.watch, self.cloud.project_id) if self.watch else (self.cloud, None)
        moved = False
        for record in volumes.list_of_image(watch, self.order.plan.image.id, project):
            one = wanted.get(record["id"])
            if one is None:
                continue
            one.volume, one.last_status = record, record.get("status", "")
            if one.last_status == "available":
                one.volume_seconds = round(self.clock() - one.started, 1)
                self._call(workers, calls, one, self._make_server)
                moved = True
            elif one.last_status.startswith("error"):
                said = volumes.why_error(self.cloud, one.volume_id)
                self._fail(
                    one,
                    Refused(
                        f"Volume {one.volume_id} of {one.name} is in {one.last_status}"
                        + (f": {said}" if said else ""),
                        "Cinder",
                        "read cinder-volume's log; the next run replaces the volume",
                    ),
                )
                moved = True
        return moved

    def _poll_servers(self, wanted):
        moved = False
        for record in servers.list_changed(self.cloud, self._since):
            one = wanted.get(record["id"])
            if one is None:
                continue
            one.last_status = record.get("status", "")
            if one.last_status in ("ACTIVE", "SHUTOFF"):
                one.finish(self.clock())
                self.progress.line(
                    f"{one.name}: {one.last_status.lower()} after {one.seconds} s, "
                    f"{one.path or 'path unknown'} in {one.pool or 'an unknown pool'}",
                    name=one.name,
                    path=one.path,
                )
                moved = True
            elif one.last_status in ("ERROR", "DELETED"):
                said = (record.get("fault") or {}).get("message", "")
                self._fail(
                    one,
                    Refused(
                        f"Server {one.name} ({one.server_id}) is in {one.last_status}"
                        + (f": {said}" if said else ""),
                        "Nova",
                        "read nova-compute's log, remove it (state absent) and run again",
                    ),
                )
                moved = True
        return moved

    def _check_time(self, one):
        if one.ended or one.busy or self.clock() - one.started <= self.order.timeout:
            return
        what = "volume" if one.state == VOLUME else "server"
        self._fail(
            one,
            TimedOut(
                f"The {what} of {one.name} did not become ready within {self.order.timeout} s, its last "
                "status is "
                f"{one.last_status or 'unknown'}",
                cure="raise timeout, or look at it; the next run goes on with what is there",
            ),
        )

    def _fail(self, one, failure):
        one.fail(failure)
        self.progress.line(f"{one.name}: {failure.sentence}", name=one.name, failed=True)


def _iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
