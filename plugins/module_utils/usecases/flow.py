# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many instances at once: volumes by Cinder, servers by Nova, overlapping.

A bounded number of instances is under way; a few threads send the calls; the loop polls with one list
request for all volumes and one for all servers, at short intervals that grow while nothing changes.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ..failures import EnhancedInstanceError, TimedOut
from ..planner import instance_step as steps
from .instance import QUEUED, SERVER, VOLUME
from .making import Maker
from .watch import Watch

# Instances under way for each call that may be under way.
DEPTH = 5
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 5.0, 1.5
# A pause is at least so many times as long as the poll took, so that polls leave the services their time.
REST = 2.0


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
    # Volumes that belong to servers since before this run: they take no part in an election.
    settled: frozenset = frozenset()


class Flow:
    """``watched`` is the cloud whose volume lists name the pools (the administrator's), or None."""

    executor = ThreadPoolExecutor

    def __init__(self, cloud, watched, arrays, order, progress, clock=time.monotonic, sleep=time.sleep):
        self.order, self.progress = order, progress
        self.clock, self.sleep = clock, sleep
        self._pause = FIRST_PAUSE
        self._next_poll = 0.0
        self._trouble = ""  # what the last poll failed with
        self._calls = {}
        self._make = Maker(cloud, arrays, order)
        self._watch = Watch(cloud, watched, order, clock)

    def run(self, instances):
        """Take every instance to its end; a failure of one does not stop the others."""
        with self.executor(max_workers=self.order.concurrency) as workers:
            self.start(instances, workers)
            while self.turn():
                pass

    def start(self, instances, workers):
        self._workers = workers
        self._waiting = [one for one in instances if not one.ended]
        self._watch.start(self._waiting)

    def turn(self):
        """Begin what may begin, wait for a call or the next poll, poll; False when all have ended."""
        under_way = sum(1 for one in self._waiting if one.state in (VOLUME, SERVER) or one.busy)
        free = self.order.concurrency * DEPTH - under_way
        for one in [one for one in self._waiting if one.state == QUEUED and not one.busy][:free]:
            self._begin(one)
        self._waiting = [one for one in self._waiting if not one.ended or one.busy]
        if not self._waiting:
            return False
        self._harvest()
        self._poll()
        return True

    def _begin(self, one):
        one.started = self.clock()
        action, rival = one.step.action, self._watch.rival(one)
        if action in (steps.AWAIT_SERVER, steps.TIDY):
            one.state = SERVER
        elif action in (steps.BOOT, steps.AWAIT_VOLUME):
            # An adopted volume passes through the poll, which brings its pool and image metadata.
            one.state = VOLUME
        elif rival is not None:
            one.volume_id, one.state = rival.id, VOLUME
        else:
            self._call(one, self._make.volume)
            return
        if one.surplus:
            one.deletable = set(one.surplus)
            self._call(one, self._make.tidy)

    def _call(self, one, function):
        one.busy = True
        self._calls[self._workers.submit(function, one)] = one

    def _harvest(self):
        """Wait until a call ends or the next poll is due."""
        pause = max(0.0, self._next_poll - self.clock())
        if not self._calls:
            if pause:
                self.sleep(pause)
            return
        for future in wait(self._calls, timeout=pause, return_when=FIRST_COMPLETED).done:
            one = self._calls.pop(future)
            one.busy = False
            try:
                future.result()
            except EnhancedInstanceError as exc:
                self._fail(one, exc)
            self._pause = FIRST_PAUSE

    def _poll(self):
        began = self.clock()
        if began < self._next_poll:
            return
        moved = False
        try:
            for one, act in self._watch.volumes(self._waiting):
                moved = True
                self._act(one, act)
            for one, act in self._watch.servers(self._waiting):
                moved = True
                self._act(one, act)
            self._trouble = ""
        except EnhancedInstanceError as exc:
            # One bad answer to a poll is no reason to give up what is being built; the time limit is.
            if exc.sentence != self._trouble:
                self.progress.line(f"a poll failed: {exc.sentence}")
            self._trouble = exc.sentence
        for one in self._waiting:
            self._check_time(one)
        self._pause = FIRST_PAUSE if moved else min(self._pause * GROWTH, LONGEST_PAUSE)
        now = self.clock()
        self._next_poll = now + max(self._pause, min(REST * (now - began), LONGEST_PAUSE))

    def _act(self, one, act):
        """What a poll found for one instance: a failure, a call to be made, or its end (None)."""
        if isinstance(act, EnhancedInstanceError):
            self._fail(one, act)
        elif act is not None:
            self._call(one, getattr(self._make, act))
        else:
            one.finish(self.clock())
            self.progress.line(
                f"{one.name}: {one.last_status.lower()} after {one.seconds} s, "
                f"{one.path or 'path unknown'} in {one.pool or 'an unknown pool'}",
                name=one.name,
                path=one.path,
            )

    def _check_time(self, one):
        if one.state not in (VOLUME, SERVER) or one.busy:
            return
        if self.clock() - one.started <= self.order.timeout:
            return
        what = "volume" if one.state == VOLUME else "server"
        self._fail(
            one,
            TimedOut(
                f"The {what} of {one.name} did not become ready within {self.order.timeout} s, its last "
                f"status is {one.last_status or 'unknown'}"
                + (f", and the last poll failed: {self._trouble}" if self._trouble else ""),
                cure="raise timeout, or look at it; the next run goes on with what is there",
            ),
        )

    def _fail(self, one, failure):
        one.fail(failure)
        self.progress.line(f"{one.name}: {failure.sentence}", name=one.name, failed=True)
