# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ONTAP versions that the simulator can be: a field or an endpoint may begin or end with one."""

from __future__ import annotations

import functools

KNOWN = ("9.11.1", "9.14.1", "9.17.1")
DEFAULT = "9.17.1"
BUILT = {
    "9.11.1": "Mon Jul 11 09:12:04 UTC 2022",
    "9.14.1": "Thu Jan 11 10:02:17 UTC 2024",
    "9.17.1": "Tue Sep 23 08:41:55 UTC 2025",
}


@functools.cache
def parse(text):
    """``9.14.1`` as a tuple that compares."""
    parts = tuple(int(part) for part in text.split("."))
    return parts + (0,) * (3 - len(parts))


def record(text):
    """The version object of GET /cluster (facts A8): integers, and the full text."""
    generation, major, minor = parse(text)
    return {
        "full": f"NetApp Release {text}: {BUILT.get(text, BUILT[DEFAULT])}",
        "generation": generation,
        "major": major,
        "minor": minor,
    }
