# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/layouts.md: written from what was seen, and read again by a test."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from .cloud import IMAGE_BYTES
from .table import OURS, SIDES, STOCK

HEAD = """\
# Layouts

What an image and its volumes' FlexVols have to do with each other decides how its bytes travel. Each
layout was run twice on the lab (`make layouts`): with the collection (plan, prime, instances), and beside
it the same unmodified NetApp driver on FlexVols of the same kind, with nothing done beforehand. The image
has {image} MiB of incompressible bytes. *Sent* is what Glance handed out, by its own request log;
*entries* tells how the collection planned to make the image cache entry of each FlexVol before the first
instance. Both `nas_secure` options are true unless the row says otherwise.

Seconds were measured on {machine}, with all services and the simulator on it and a copy inside the
simulated cluster throttled to 200 MiB/s; they compare the two sides, and promise nothing of your cloud.
They are left out where the machine was busy with other work. *Prime* is the time for all entries, *first*
and *all* run from the request for the first volume to an active server.

| layout | image | FlexVols | instances | side | outcome | entries | MiB sent | prime s | first s | all s |
|---|---|---|---|---|---|---|---|---|---|---|
"""
ROW = re.compile(r"^\| `(?P<name>\w+)` \|(?:[^|]*\|){3} (?P<side>[^|]*) \| (?P<outcome>[^|]*) \|")
MISSING = "Layouts that `make layouts` knows, and that were not run for this page: "
BUSY = 2.0  # processes for each core, before the run
NAMES = {OURS: "collection", STOCK: "stock driver"}


def page(found: list[dict], layouts, machine: str) -> str:
    known = {layout.name: layout for layout in layouts}
    text = HEAD.format(image=IMAGE_BYTES >> 20, machine=machine)
    for one in found:
        text += "".join(row(known[one["name"]], side, one["sides"][side]) for side in SIDES)
    absent = [layout.name for layout in layouts if layout.name not in [one["name"] for one in found]]
    if absent:
        text += f"\n{MISSING}{', '.join(f'`{name}`' for name in absent)}.\n"
    text += "\n## What was said\n"
    for one in found:
        text += said(known[one["name"]], one["sides"])
    return text


def row(layout, side: str, seen: dict) -> str:
    entries = ", ".join(
        f"{count} {path}" for path, count in sorted(Counter(e["path"] for e in seen["entries"]).items())
    )
    cells = [
        f"`{layout.name}`",
        layout.title,
        layout.flexvols,
        layout.instances,
        NAMES[side],
        seen["outcome"],
        entries or "-",
        f"{seen['glance_bytes'] / 2**20:.0f}",
        *[seconds(seen, key) for key in ("seconds_prime", "seconds_first", "seconds_all")],
    ]
    return f"| {' | '.join(map(str, cells))} |\n"


def seconds(seen: dict, key: str) -> str:
    """Empty where the machine was too busy with other work for seconds to say anything."""
    if seen.get("load", BUSY) >= BUSY:
        return ""
    return "-" if seen[key] is None else f"{seen[key]:.1f}"


def said(layout, sides: dict) -> str:
    """The plan's reasons and cures, the error if there was one, and what the driver noted in its log."""
    lines = []
    for one in _once(sides[OURS]["plan"], ("path", "reasons", "cures")):
        cures = f" Cure: {' '.join(one['cures'])}" if one["cures"] else ""
        lines.append(f"Plan: `{one['path']}`. {' '.join(one['reasons'])}{cures}")
    if sides[OURS]["error"]:
        lines.append(f"What failed: {sides[OURS]['error']}")
    lines += [f"The stock driver noted: `{text}`" for text in sides[STOCK]["driver_said"]]
    return f"\n### {layout.name}\n\n" + "".join(f"- {_clean(line)}\n" for line in lines)


def _once(records: list[dict], keys) -> list[dict]:
    return list({str([_clean(str(one[key])) for key in keys]): one for one in records}.values())


def _clean(text: str) -> str:
    """Without what is another in each run, so that two pages can be compared."""
    text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>", text)
    return re.sub(r"\b127\.\d+\.1\.", "192.0.2.", text)


def rows(text: str) -> dict[tuple[str, str], str]:
    """{(layout, side): outcome} of a page."""
    sides = {name: side for side, name in NAMES.items()}
    matches = [ROW.match(line) for line in text.splitlines()]
    return {(found["name"], sides[found["side"]]): found["outcome"] for found in matches if found}


def missing(text: str) -> list[str]:
    """The layouts that a page says it has no rows for."""
    line = next((line for line in text.splitlines() if line.startswith(MISSING)), "")
    return re.findall(r"`(\w+)`", line.removeprefix(MISSING))


def this_machine() -> str:
    """The kind of machine: processor and number of cores."""
    models = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    name = " ".join(models[0].split()) if models else os.uname().machine
    return f"a virtual machine with {os.cpu_count()} cores ({name})"
