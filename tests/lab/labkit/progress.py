# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress on the screen: one line per step, with its seconds."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager

_STARTED = time.monotonic()


def say(text):
    """Write one line at once, so that it is seen while the step it speaks of runs."""
    print(text, flush=True)


@contextmanager
def step(text):
    """Announce ``text`` when it is done (or has failed), with the seconds it took."""
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"  ...    {text}", end="\r", flush=True)
    try:
        yield
    except BaseException:
        say(f"  failed {text}")
        raise
    say(f"  {time.monotonic() - began:5.1f}s {text}")


def total():
    """Seconds since the program started."""
    return time.monotonic() - _STARTED
