# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many independent pieces of work at once, bounded, faster while it goes well and slower while ONTAP is
busy."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ..failures import EnhancedInstanceError

#: How many pieces of work are under way at first.
START = 4
#: Seconds without an end and without a busy answer after which twice as many may be under way: work that
#: takes long (a copy) tells of success too late for the others.
PATIENCE = 0.25


class Ramp:
    """How many may be under way, 1 to ``limit``.

    One more after each success, half after each busy answer. Until the first busy answer it also doubles
    every PATIENCE seconds.
    """

    def __init__(self, limit, start=START, clock=time.monotonic):
        self.limit = max(1, limit)
        self.allowed = min(start, self.limit)
        self.highest = 0
        self._active = 0
        self._changed = threading.Condition()
        self._clock = clock
        self._doubled = clock()
        self._met_busy = False

    def __enter__(self):
        with self._changed:
            while self._active >= self.allowed:
                if not self._changed.wait(PATIENCE):
                    self.grow()
            self._active += 1
            self.highest = max(self.highest, self._active)
        return self

    def __exit__(self, kind, error, trace):
        with self._changed:
            self._active -= 1
            if kind is None:
                self.allowed = min(self.limit, self.allowed + 1)
            self._changed.notify_all()

    def grow(self):
        """Called by each that waits; doubles once in PATIENCE seconds."""
        now = self._clock()
        if not self._met_busy and now - self._doubled >= PATIENCE:
            self._doubled = now
            self.allowed = min(self.limit, self.allowed * 2)
            self._changed.notify_all()

    def busy(self, text=None):
        """ONTAP said that it is busy."""
        with self._changed:
            self._met_busy = True
            self.allowed = max(1, self.allowed // 2)


def run_bounded(items, function, limit, clients=()):
    """``[function(item), ...]`` in the order of ``items``, at most ``limit`` at once.

    A piece that raises a failure of this collection has that failure as its result; the others go on. Busy
    answers that the ``clients`` meet slow all of it down.
    """
    items = list(items)
    ramp = Ramp(limit)
    before = [(client, client.on_busy) for client in clients]
    for client in clients:
        client.on_busy = ramp.busy

    def one(item):
        try:
            with ramp:
                return function(item)
        except EnhancedInstanceError as failure:
            return failure

    try:
        if len(items) < 2 or ramp.limit == 1:
            return [one(item) for item in items]
        with ThreadPoolExecutor(max_workers=min(ramp.limit, len(items))) as pool:
            return list(pool.map(one, items))
    finally:
        for client, hook in before:
            client.on_busy = hook
