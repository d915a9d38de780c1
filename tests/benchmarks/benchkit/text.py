# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run as text on the screen."""

from __future__ import annotations

MARKS = {True: "met", False: "NOT MET", None: ""}
PARTS = ("ansible", "interpreter", "imports", "requests", "waiting", "own work")


def seconds(value):
    """Seconds with as many digits as they deserve."""
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def aim(ratio):
    """The aim of a ratio as people write it."""
    if ratio.aim is None:
        return ""
    return f"{'≥' if ratio.at_least else '≤'} {ratio.aim:g}{' s' if ratio.unit == 's' else ''}"


def value(ratio):
    return f"{ratio.value:.2f}{' s' if ratio.unit == 's' else ''}"


def counts(timing):
    return ", ".join(f"{amount} {name}" for name, amount in timing.counts.items())


def where(timing):
    """Our time in parts."""
    return ", ".join(
        f"{part} {timing.where[part]:.1f}" for part in PARTS if timing.where.get(part, 0) >= 0.05
    )


def row_lines(row):
    """A row, for people."""
    if row.failed:
        return [f"FAILED: {row.failed}"]
    lines = [row.scale] if row.scale else []
    for timing in row.timings:
        if timing.failed:
            lines.append(f"{timing.name:<34} failed: {timing.failed}")
            continue
        said = f"{timing.name:<34} {seconds(timing.seconds):>10}  {timing.size}"
        lines.append(said + (f" ({counts(timing)})" if timing.counts else ""))
        if timing.ours and timing.where:
            lines.append(f"{'':<34} {'':>10}  where, in s: {where(timing)}")
    for ratio in row.ratios:
        goal = f"  (aim {aim(ratio)}: {MARKS[ratio.met]})" if ratio.aim is not None else ""
        lines.append(f"ratio: {ratio.text}: {value(ratio)}{goal}")
    lines += [f"{'holds' if check['ok'] else 'BROKEN'}: {check['text']}" for check in row.checks]
    return lines


def report(run):
    """The whole run, ratios first."""
    lines = ["", "Ratios of this run" + (" (quick: scaled down)" if run["quick"] else "")]
    for row in run["rows"]:
        if row.failed:
            lines.append(f"  {row.title}: {row.failed}")
        for ratio in row.ratios:
            lines.append(
                f"  {row.title:<44} {ratio.text:<64} {value(ratio):>9}  {aim(ratio):>6} {MARKS[ratio.met]}"
            )
        for check in row.checks:
            if not check["ok"]:
                lines.append(f"  {row.title}: BROKEN: {check['text']}")
    facts = run["machine"]
    lines += [
        "",
        f"{facts['cores']} cores ({facts['processor']}), {facts['memory']}, {facts['system']}, "
        f"load {facts['load at the beginning']} at the beginning and {run.get('load', '')} in the end; "
        f"{run.get('minutes', 0)} minutes",
        ", ".join(f"{name} {version}" for name, version in run["versions"].items()),
    ]
    return "\n".join(lines)
