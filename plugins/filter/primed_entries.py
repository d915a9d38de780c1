# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs of image_cache, with an owner set between them, as one account of what was done."""

from __future__ import annotations

# What the first run did and the second can no longer see, because it only published.
_OF_THE_FIRST = ("path", "way", "action", "bytes", "reasons", "cures")


def primed_entries(first, second):
    """The records of the second run, each with what the first one did for the same image and pool."""
    before = {(one["image_id"], one["pool"]): one for one in first or []}
    if not second:
        return list(first or [])
    return [_joined(before.get((one["image_id"], one["pool"])), one) for one in second]


def _joined(first, second):
    if first is None or not first.get("changed"):
        return second
    seconds = [one["seconds"] for one in (first, second) if one.get("seconds") is not None]
    return {
        **second,
        **{name: first[name] for name in _OF_THE_FIRST if name in first},
        "changed": True,
        "seconds": round(sum(seconds), 2) if seconds else None,
    }


class FilterModule:
    def filters(self):
        return {"primed_entries": primed_entries}
