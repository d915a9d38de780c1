# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row of the benchmarks found, and all rows of one run, as they go into JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass
class Timing:
    """One contender's measurement. ``seconds`` is the middle of its repetitions."""

    name: str
    seconds: float
    samples: list[float] = field(default_factory=list)
    ours: bool = False
    size: str = ""  # what was done, such as "20 instances"
    counts: dict = field(default_factory=dict)  # requests, bytes, processes
    where: dict = field(default_factory=dict)  # part of the time -> seconds
    note: str = ""
    failed: str = ""  # why there is no measurement

    def __post_init__(self):
        self.result = None  # what our module returned, for the row's checks; not part of the record


@dataclass
class Ratio:
    """A comparison of two measurements of the same run against the aim: ``value`` <= or >= ``aim``."""

    text: str
    value: float
    aim: float | None = None
    at_least: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        if self.aim is None:
            return None
        return self.value >= self.aim if self.at_least else self.value <= self.aim


@dataclass
class Row:
    """One row of the table."""

    name: str
    title: str
    timings: list[Timing] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    checks: list[dict] = field(default_factory=list)  # counts that must hold: text, ok
    notes: list[str] = field(default_factory=list)
    scale: str = ""  # how far it is from full size
    seconds: float = 0.0
    failed: str = ""
    began: str = ""  # when, with which load of the machine before, and with which commit of the collection
    load: str = ""
    commit: str = ""

    def add(self, timing: Timing) -> Timing:
        self.timings.append(timing)
        return timing

    def check(self, text: str, ok: bool) -> None:
        """A count that has to hold."""
        self.checks.append({"text": text, "ok": bool(ok)})

    def compare(self, text, ours, theirs, aim=None, at_least=False):
        """ours/theirs, or theirs/ours when more is better; nothing when either failed."""
        if ours is None or theirs is None or ours.failed or theirs.failed:
            self.notes.append(f"{text}: not known, because a measurement is missing.")
            return
        above, below = (theirs, ours) if at_least else (ours, theirs)
        self.ratios.append(Ratio(text, above.seconds / max(below.seconds, 1e-9), aim, at_least))


def with_earlier(run: dict, earlier: dict, order) -> dict:
    """A run of some rows with the other rows of an earlier record; each row is of one run."""
    rows = {row.name: row for row in earlier["rows"] if not row.failed}
    rows.update({row.name: row for row in run["rows"] if not row.failed or row.name not in rows})
    return {**run, "rows": [rows[name] for name in order if name in rows]}


def as_dict(run: dict) -> dict:
    """The whole run for JSON."""
    rows = []
    for row in run["rows"]:
        one = asdict(row)
        for ratio, written in zip(row.ratios, one["ratios"], strict=True):
            written["met"] = ratio.met
        rows.append(one)
    return {**run, "rows": rows}


def from_dict(run: dict) -> dict:
    """A run that was read from JSON."""
    rows = []
    for one in run["rows"]:
        ratios = [
            Ratio(**{key: value for key, value in ratio.items() if key != "met"}) for ratio in one["ratios"]
        ]
        timings = [Timing(**timing) for timing in one["timings"]]
        rows.append(Row(**{**one, "ratios": ratios, "timings": timings}))
    return {**run, "rows": rows}
