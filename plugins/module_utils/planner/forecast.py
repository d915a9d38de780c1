# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an instance of an image would get: the decisions for all its pools as one statement.

Cinder's scheduler chooses the pool of a volume, so the statement is about all pools that it may choose.
"""

from __future__ import annotations

from collections.abc import Iterable

from .facts import DOWNLOAD, PATHS, Decision, Image, Pool

# What an instance would get, from best to worst.
CLONED = "cloned"  # every pool has its entry
PRIME_FIRST = "prime_first"  # every pool can have one without a download
MAY_DOWNLOAD = "may_download"  # some pools would download
DOWNLOADED = "downloaded"  # every pool would
REFUSED = "refused"  # Cinder will not make the volume

SHOWN = 6


def forecast(image: Image, decided: Iterable[tuple[Pool, Decision]]) -> dict:
    """One record for an image; ``cures`` are those of the pools that hold it back, each once."""
    decided = list(decided)
    slow = [(pool, decision) for pool, decision in decided if decision.path == DOWNLOAD]
    unprimed = [(pool, decision) for pool, decision in decided if not decision.entry_usable]
    counted = {path: sum(1 for _pool, one in decided if one.path == path) for path in PATHS}
    outcome, said = _outcome(image, decided, slow, unprimed)
    held_back = slow or unprimed if outcome != REFUSED else decided
    return {
        "image": image.name,
        "image_id": image.id,
        "outcome": outcome,
        "says": said,
        "pools": len(decided),
        **counted,
        "download_pools": [pool.name for pool, _decision in slow],
        "unprimed_pools": [pool.name for pool, _decision in unprimed],
        "cures": list(dict.fromkeys(cure for _pool, one in held_back for cure in one.cures)),
    }


def _outcome(image: Image, decided: list, slow: list, unprimed: list) -> tuple[str, str]:
    number = len(decided)
    if not decided:
        return REFUSED, f"No pool is eligible, so Cinder makes no volume from image {image.name}."
    if not any(one.fits for _pool, one in decided):
        return REFUSED, f"Cinder refuses a volume from image {image.name}: {decided[0][1].reasons[0]}"
    if len(slow) == number:
        return DOWNLOADED, f"Cinder downloads image {image.name} on {_all(number)}: {_why(slow)}"
    if slow:
        return MAY_DOWNLOAD, (
            f"Cinder downloads image {image.name} where it chooses {_names(slow)} ({len(slow)} of {number} "
            f"pools): {_why(slow)}"
        )
    if unprimed:
        return PRIME_FIRST, (
            f"Image {image.name} needs no download; {len(unprimed)} of {number} pools have no entry yet "
            f"({_names(unprimed)}), which image_cache makes."
        )
    return CLONED, f"An instance of image {image.name} is a clone, on {_all(number)}."


def _all(number: int) -> str:
    return "its only pool" if number == 1 else f"each of its {number} pools"


def _names(some: list) -> str:
    names = [pool.flexvol.name if pool.flexvol else pool.name for pool, _decision in some]
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _why(slow: list) -> str:
    """The last reason of the first pool that downloads: it is what decided."""
    return slow[0][1].reasons[-1] if slow[0][1].reasons else "no better path is known."
