# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/benchmarks.md, and the table in the README, from a run."""

from __future__ import annotations

from pathlib import Path

from . import text

CHECKOUT = Path(__file__).resolve().parents[3]
OWN = "this collection"  # among the versions; each row tells its own
BEGIN, END = "<!-- figures: begin (make bench WRITE_DOCS=1) -->", "<!-- figures: end -->"


def write(run, checkout=CHECKOUT):
    """Write both files; the README's table stands between two marks. Returns what was written."""
    page = checkout / "docs" / "benchmarks.md"
    page.write_text(document(run))
    readme = checkout / "README.md"
    content = readme.read_text()
    if BEGIN in content and END in content:
        before, rest = content.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        readme.write_text(f"{before}{BEGIN}\n{summary(run)}\n{END}{after}")
        return "docs/benchmarks.md, README.md"
    return "docs/benchmarks.md"


def summary(run):
    """The ratios as a table."""
    lines = ["| what | compared | measured | aim |", "|---|---|---|---|"]
    for row in run["rows"]:
        for ratio in row.ratios:
            missed = " (not met)" if ratio.met is False else ""
            lines.append(f"| {row.title} | {ratio.text} | {text.value(ratio)} | {text.aim(ratio)}{missed} |")
    return "\n".join(lines)


def document(run):
    """The whole page."""
    facts = run["machine"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench WRITE_DOCS=1`; what is measured, and how, is told in",
        "[tests/benchmarks/README.md](../tests/benchmarks/README.md). A row is one run,",
        "and all rows are of one machine; the ratios carry over to other machines better than the seconds.",
        "",
        *(["- quick (scaled down)"] if run["quick"] else []),
        f"- {facts['cores']} cores, {facts['processor']}, {facts['memory']}",
        f"- {facts['system']}, kernel {facts['kernel']}",
        "- " + ", ".join(f"{name} {version}" for name, version in run["versions"].items() if name != OWN),
        "",
        summary(run),
    ]
    for row in run["rows"]:
        lines += ["", f"## {row.title}", ""]
        if row.failed:
            lines.append(f"Not measured: {row.failed}")
            continue
        lines += [f"{row.began}, commit {row.commit}, load of the machine before: {row.load}.", ""]
        if row.scale:
            lines += [row.scale, ""]
        lines += ["| contender | work | time | counts |", "|---|---|---|---|"]
        for timing in row.timings:
            took = f"failed: {timing.failed}" if timing.failed else text.seconds(timing.seconds)
            lines.append(
                f"| {timing.name} | {timing.size} | {took} | {text.counts(timing)} |".replace("\n", " ")
            )
        for timing in row.timings:
            if timing.ours and timing.where and not timing.failed:
                lines += ["", f"Where the seconds of {timing.name}, {timing.size} go: {text.where(timing)}."]
        lines += ["", *[f"- {'holds' if check['ok'] else 'BROKEN'}: {check['text']}" for check in row.checks]]
        lines += [f"- {note}" for note in row.notes]
    return "\n".join(lines) + "\n"
