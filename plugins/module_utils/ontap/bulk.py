# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many independent pieces of work at once, bounded, faster while it goes well and slower while ONTAP is
busy."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from ..failures import EnhancedInstanceError

#: How many pieces of work are under way at first.
START = 2


class Ramp:
    """How many may be under way: one more after each success, half after each busy answer, 1 to ``limit``."""

    def __init__(self, limit, start=START):
        self.limit = max(1, limit)
        self.allowed = min(start, self.limit)
        self.highest = 0
        self._active = 0
        self._changed = threading.Condition()

    def __enter__(self):
        with self._changed:
            self._changed.wait_for(lambda: self._active < self.allowed)
            self._active += 1
            self.highest = max(self.highest, self._active)
        return self

    def __exit__(self, kind, error, trace):
        with self._changed:
            self._active -= 1
            if kind is None:
                self.allowed = min(self.limit, self.allowed + 1)
            self._changed.notify_all()

    def busy(self, text=None):
        """ONTAP said that it is busy."""
        with self._changed:
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
