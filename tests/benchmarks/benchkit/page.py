# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run as one HTML page: no script, no reference to anything outside, plots as inline SVG."""

from __future__ import annotations

from html import escape

from . import text

COLOURS = {
    "ansible": "#9aa5b1",
    "interpreter": "#c9b458",
    "imports": "#e08e45",
    "requests": "#3b7dd8",
    "waiting": "#b7d3f2",
    "own work": "#4f9d69",
}
OURS, THEIRS = "#2f6f4f", "#8a94a0"
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1d2733; background: #fff; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; border-top: 1px solid #d8dee6; padding-top: 1rem; }
table { border-collapse: collapse; margin: .6rem 0; }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
th { color: #5a6675; font-weight: 600; }
td.n { text-align: right; white-space: nowrap; }
.met { color: #2f6f4f; } .missed, .broken { color: #b3261e; font-weight: 600; } .dim { color: #5a6675; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #1d2733; }
"""
LABEL, WIDTH, VALUE, LINE = 230, 470, 90, 26


def page(run):
    """The page as text."""
    body = [
        "<h1>Speed, measured side by side</h1>",
        f"<p>{escape(run['began'])}, {run.get('minutes', 0)} minutes"
        + (", <strong>quick run: scaled down</strong>" if run["quick"] else "")
        + ".</p>",
        ratios(run),
        *[section(row) for row in run["rows"]],
        "<h2>Machine and versions</h2>",
        pairs({**run["machine"], "load in the end": run.get("load", "")}),
        pairs(run["versions"]),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Benchmarks</title>'
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def ratios(run):
    """All ratios in one table."""
    rows = []
    for row in run["rows"]:
        for ratio in row.ratios:
            kind = {True: "met", False: "missed", None: "dim"}[ratio.met]
            rows.append(
                f"<tr><td>{escape(row.title)}</td><td>{escape(ratio.text)}</td>"
                f'<td class="n">{text.value(ratio)}</td><td class="n">{text.aim(ratio)}</td>'
                f'<td class="{kind}">{text.MARKS[ratio.met].lower()}</td></tr>'
            )
    head = "<tr><th>what</th><th>against</th><th>this run</th><th>aim</th><th></th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def section(row):
    """One row with its plots."""
    parts = [f'<h2 id="{escape(row.name)}">{escape(row.title)}</h2>']
    if row.failed:
        return parts[0] + f'<p class="broken">Not measured: {escape(row.failed)}</p>'
    if row.scale:
        parts.append(f"<p><strong>{escape(row.scale)}</strong></p>")
    good = [timing for timing in row.timings if not timing.failed]
    parts.append(bars([(label(one), one.seconds, OURS if one.ours else THEIRS) for one in good]))
    split = [one for one in good if one.ours and one.where]
    if split:
        parts += ["<p>Where our time goes, in seconds:</p>", stacks(split)]
    parts.append(table(row))
    for check in row.checks:
        kind, said = ("met", "holds") if check["ok"] else ("broken", "broken")
        parts.append(f'<div class="{kind}">{said}: {escape(check["text"])}</div>')
    parts += [f'<p class="dim">{escape(note)}</p>' for note in row.notes]
    return "\n".join(parts)


def label(timing):
    return f"{timing.name}, {timing.size}" if timing.size else timing.name


def table(row):
    """Every measurement with its counts."""
    lines = [
        "<table><tr><th>contender</th><th>work</th><th>seconds</th><th>all runs</th><th>counts</th></tr>"
    ]
    for timing in row.timings:
        if timing.failed:
            lines.append(
                f"<tr><td>{escape(timing.name)}</td><td>{escape(timing.size)}</td>"
                f'<td colspan="3" class="broken">{escape(timing.failed)}</td></tr>'
            )
            continue
        samples = (
            ", ".join(f"{one:.2f}" for one in timing.samples) if len(timing.samples) in range(2, 9) else ""
        )
        said = text.counts(timing) + (f" {timing.note}" if timing.note else "")
        lines.append(
            f"<tr><td>{escape(timing.name)}</td><td>{escape(timing.size)}</td>"
            f'<td class="n">{text.seconds(timing.seconds)}</td><td>{samples}</td><td>{escape(said)}</td></tr>'
        )
    return "".join(lines) + "</table>"


def bars(values):
    """Horizontal bars; every one is named, so that colour alone says nothing."""
    longest = max((value for _name, value, _colour in values), default=0) or 1.0
    shapes = []
    for number, (name, value, colour) in enumerate(values):
        top = number * LINE
        wide = max(1.0, value / longest * WIDTH)
        shapes.append(
            f'<text x="{LABEL - 8}" y="{top + 17}" text-anchor="end">{escape(shorten(name))}</text>'
            f'<rect x="{LABEL}" y="{top + 4}" width="{wide:.1f}" height="{LINE - 8}" fill="{colour}"/>'
            f'<text x="{LABEL + wide + 6:.1f}" y="{top + 17}">{text.seconds(value)}</text>'
        )
    return drawing(len(values), shapes)


def stacks(timings):
    """Our time in its parts, one bar a measurement, and the legend below."""
    longest = max(sum(one.where.values()) for one in timings) or 1.0
    shapes = []
    for number, timing in enumerate(timings):
        left, top = float(LABEL), number * LINE
        shapes.append(
            f'<text x="{LABEL - 8}" y="{top + 17}" text-anchor="end">{escape(shorten(label(timing)))}</text>'
        )
        for part in text.PARTS:
            wide = timing.where.get(part, 0.0) / longest * WIDTH
            shapes.append(
                f'<rect x="{left:.1f}" y="{top + 4}" width="{wide:.1f}" height="{LINE - 8}" '
                f'fill="{COLOURS[part]}">'
                f"<title>{part}: {timing.where.get(part, 0.0):.2f} s</title></rect>"
            )
            left += wide
        shapes.append(f'<text x="{left + 6:.1f}" y="{top + 17}">{sum(timing.where.values()):.1f} s</text>')
    legend, left = len(timings) * LINE + 8, float(LABEL)
    for part in text.PARTS:
        shapes.append(
            f'<rect x="{left:.1f}" y="{legend}" width="12" height="12" fill="{COLOURS[part]}"/>'
            f'<text x="{left + 16:.1f}" y="{legend + 10}">{part}</text>'
        )
        left += 30 + 7 * len(part)
    return drawing(len(timings) + 1, shapes)


def drawing(lines, shapes):
    wide, high = LABEL + WIDTH + VALUE, lines * LINE + 6
    return (
        f'<svg viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">{"".join(shapes)}</svg>'
    )


def shorten(name):
    return name if len(name) <= 36 else name[:35] + "…"


def pairs(values):
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in values.items()
    )
    return f"<table>{cells}</table>"
