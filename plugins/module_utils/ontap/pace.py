# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to wait until the next look at work that goes on by itself: a job, a copy."""

from __future__ import annotations

FIRST, GROWTH = 0.05, 1.6
#: Longest pause between two looks, in seconds, and as a share of the time that has passed.
LONGEST = 5.0
SHARE = 0.08
#: Shortest pause, in seconds, once it is known how far the work is.
NEAR = 0.2


class Pace:
    """Pauses that grow, and get short again towards the end where it can be foreseen.

    The time between the work's end and the next look is lost, so no pause is much longer than what has
    passed already deserves.
    """

    def __init__(self, clock, first=FIRST):
        self._clock, self._began, self._pause = clock, clock(), first
        self._end = None

    def next(self, done=None):
        """Seconds to wait now. ``done`` is the share of the work that is done, 0 to 1, where it is known."""
        now = self._clock()
        passed = now - self._began
        if done:
            self._end = self._began + passed / done
        pause = self._pause
        self._pause = min(pause * GROWTH, LONGEST, max(0.5, SHARE * passed))
        if self._end is not None:
            # A forecast that was wrong is trusted less and less.
            pause = min(pause, max(NEAR, abs(self._end - now)))
        return pause
