# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time as the simulated cluster sees it; the control endpoint can advance it, to test lifetimes."""

from __future__ import annotations

import datetime
import time


class Clock:
    def __init__(self):
        self.offset = 0.0

    def now(self):
        return time.time() + self.offset

    def text(self, moment=None):
        """ISO-8601 with offset (facts A1)."""
        moment = self.now() if moment is None else moment
        return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%S+00:00"
        )
