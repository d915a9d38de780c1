# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cache files go: a pure function from what lies in FlexVols, what Glance has and what Cinder made.

When an image was last used is told by the newest volume of it that Cinder knows, on any pool, and by the time
at which the entry itself was made or written; the later of the two counts. Not by atime: the driver never
touches an entry that it clones from on the array, and with atime off all look old. A volume anywhere counts
for the entries everywhere, because Cinder's scheduler may put the next one into any pool of the type.

Times are seconds since the epoch, sizes are bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .facts import Entry, FlexVol
from .sizes import GIB

# Why a file goes ...
GONE = "gone"  # Glance no longer has the image
AGE = "age"  # not used for longer than asked
BUDGET = "budget"  # the FlexVol's budget is used up by entries that were used later
LEFTOVER = "leftover"  # an unfinished copy of a run that no longer lives
# ... or stays.
WANTED = "wanted"  # named or declared
ALIVE = "alive"  # a run may still be at work on it
USED = "used"  # nothing speaks against it

# A leftover that nothing has changed for so long belongs to no run that lives: as long as one copy may take.
QUIET_SECONDS = 3600

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ENTRY = re.compile(f"img-cache-({_UUID})")
_STAGE = re.compile(f"eic-stage-({_UUID})")
_COPY = re.compile("eic-copy-[0-9a-f]{10}-[0-9a-f]{10}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Rules:
    """What the operator asked for; None is no limit. ``age`` is in seconds, the budget is for one FlexVol."""

    age: float | None = None
    budget_bytes: int | None = None
    budget_count: int | None = None

    @property
    def need_use(self) -> bool:
        """Whether anything depends on when an image was last used."""
        return (self.age, self.budget_bytes, self.budget_count) != (None, None, None)


def rules_of(max_age_days: int | None, budget_gib: int | None, budget_count: int | None) -> Rules:
    """The rules from the operator's words."""
    return Rules(
        None if max_age_days is None else max_age_days * 86400.0,
        None if budget_gib is None else budget_gib * GIB,
        budget_count,
    )


@dataclass(frozen=True)
class CacheFile:
    """A file in a FlexVol's root that is the driver's or ours by its name."""

    flexvol: FlexVol
    file: Entry
    image_id: str | None  # None for an unfinished copy, whose name is a hash
    is_entry: bool


@dataclass(frozen=True)
class Verdict:
    found: CacheFile
    why: str
    last_used: float | None = None

    @property
    def goes(self) -> bool:
        return self.why in (GONE, AGE, BUDGET, LEFTOVER)


def recognise(flexvol: FlexVol, file: Entry) -> CacheFile | None:
    """What a file is by its whole name; None for everything that is not certainly a cache file."""
    for pattern in (_ENTRY, _STAGE):
        match = pattern.fullmatch(file.name)
        if match:
            return CacheFile(flexvol, file, match.group(1), pattern is _ENTRY)
    return CacheFile(flexvol, file, None, False) if _COPY.fullmatch(file.name) else None


def is_quiet(file: Entry, now: float) -> bool:
    """Whether nobody has written the file for QUIET_SECONDS; a file without a time is not known to be."""
    return file.made is not None and now - file.made > QUIET_SECONDS


def judge(
    found: Collection[CacheFile],
    existing: Collection[str],
    wanted: Collection[str],
    last_volume: Mapping[str, float],
    written: Collection[tuple[str, str]],
    rules: Rules,
    now: float,
) -> list[Verdict]:
    """A verdict for each file, in the order given.

    ``existing`` and ``wanted`` are image IDs, ``last_volume`` maps them to the creation of their newest
    volume, ``written`` are (FlexVol UUID, name) of files that a copy job may be writing.
    """
    verdicts = [_judge_one(one, existing, wanted, last_volume, written, rules, now) for one in found]
    over = {id(verdict) for each in _by_flexvol(verdicts) for verdict in _beyond(each, rules)}
    return [Verdict(one.found, BUDGET, one.last_used) if id(one) in over else one for one in verdicts]


def _judge_one(one, existing, wanted, last_volume, written, rules, now) -> Verdict:
    used = last_use(one, last_volume)
    if one.image_id in wanted:
        return Verdict(one, WANTED, used)
    if not one.is_entry and (not is_quiet(one.file, now) or (one.flexvol.uuid, one.file.name) in written):
        return Verdict(one, ALIVE, used)
    if one.image_id is None:
        return Verdict(one, LEFTOVER, used)
    if one.image_id not in existing:
        return Verdict(one, GONE, used)
    if rules.age is not None and used is not None and now - used > rules.age:
        return Verdict(one, AGE, used)
    return Verdict(one, USED, used)


def last_use(one: CacheFile, last_volume: Mapping[str, float]) -> float | None:
    """When the image was last used as far as is known, or None."""
    known = [time for time in (one.file.made, last_volume.get(one.image_id or "")) if time is not None]
    return max(known) if known else None


def _by_flexvol(verdicts: list[Verdict]) -> list[list[Verdict]]:
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault((one.found.flexvol.cluster, one.found.flexvol.uuid), []).append(one)
    return list(groups.values())


def _beyond(verdicts: list[Verdict], rules: Rules) -> list[Verdict]:
    """Entries of one FlexVol beyond its budget, least recently used first; wanted ones count and stay.

    An entry of whose use nothing is known goes last.
    """
    staying = [one for one in verdicts if one.found.is_entry and not one.goes]
    count, size = len(staying), sum(occupied(one.found.file) for one in staying)
    beyond = []
    for one in sorted(
        staying, key=lambda one: (one.last_used is None, one.last_used or 0, one.found.file.name)
    ):
        over_count = rules.budget_count is not None and count > rules.budget_count
        over_size = rules.budget_bytes is not None and size > rules.budget_bytes
        if not (over_count or over_size):
            break
        if one.why == WANTED:
            continue
        beyond.append(one)
        count, size = count - 1, size - occupied(one.found.file)
    return beyond


def occupied(file: Entry) -> int:
    """Bytes that a file occupies, those that it shares with its clones included."""
    return file.used if file.used is not None else file.size or 0
