# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one page that needs nothing beside it: no script, no font, no picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .report import UNKNOWN
from .report_chart import flowchart
from .report_style import STYLE
from .sizes import human


def page(report: Mapping[str, Any]) -> str:
    """The whole document from what report.gather() made."""
    image = report["image"]
    name = image["name"] or "of this run"
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            f"<title>{_e(report['title'])}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{_e(report['title'])}</h1>",
            f'<p class="soft">Image {_e(name)}'
            + (f", {_e(human(image['size']))}" if image["size"] else "")
            + (f", <code>{_e(image['id'])}</code>" if image["id"] else "")
            + (f" &#183; {_e(report['when'])}" if report["when"] else "")
            + "</p>",
            _tiles(report),
            _note("bad", "Not everything was made", [report["failed"]] if report["failed"] else []),
            _note("", "Warnings", report["warnings"]),
            _note("", "What would mend it", report["cures"]),
            "<section><h2>How the image reached the instances</h2>",
            flowchart(report["flow"], name, report.get("san", False)),
            "</section>",
            _instances(report["instances"]),
            _entries(report["entries"], "Image-volumes" if report.get("san") else "Cache entries"),
            _plan(report["plan"]),
            _requests(report["requests"]),
            "<footer>A path counts as proven by several signs together, read before the guest wrote: an "
            "entry (on SAN an image-volume) was there when the volume was asked for, bytes of the volume's "
            "file or LUN that are its own, and "
            "Cinder's note of a download. The same is kept as metadata of each volume.</footer>",
            "</main></body></html>\n",
        ]
    )


def _tiles(report: Mapping[str, Any]) -> str:
    summary = report["summary"]
    seconds = [one["seconds"] for one in report["instances"] if one.get("changed") and one.get("seconds")]
    tiles = [
        ("", summary.get("total", 0), "instances"),
        ("", summary.get("changed", 0), "changed by this run"),
        ("bad" if summary.get("failed") else "", summary.get("failed", 0), "failed"),
        ("", human(report["bytes"]["not_moved"]), "did not travel"),
        ("", human(report["bytes"]["moved"]), "were downloaded"),
    ]
    if seconds:
        tiles.append(("", f"{max(seconds):.1f} s", "until the last one was ready"))
    return (
        '<div class="tiles">'
        + "".join(
            f'<div class="tile {kind}"><b>{_e(value)}</b>{_e(what)}</div>' for kind, value, what in tiles
        )
        + "</div>"
    )


def _note(kind: str, title: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    listed = "".join(f"<li>{_e(text)}</li>" for text in texts)
    return f'<section class="note {kind}"><h2>{_e(title)}</h2><ul>{listed}</ul></section>'


def _instances(records: Sequence[Mapping[str, Any]]) -> str:
    longest = max([one.get("seconds") or 0 for one in records], default=0)
    rows = [
        _row(
            ("name", _e(one.get("name"))),
            ("", _path(one.get("path"), one.get("failed"))),
            ("pool", _pool(one.get("pool"))),
            ("", _bar(one, longest)),
            ("why", _e(one.get("msg") or one.get("why") or "-")),
        )
        for one in records
    ]
    return _table("Instances", ("instance", "path", "pool", "seconds", "why"), rows)


def _entries(records: Sequence[Mapping[str, Any]], title: str) -> str:
    rows = [
        _row(
            ("name", _e(one.get("flexvol") or "-")),
            ("", _path(one.get("path"), one.get("failed"))),
            ("pool", _pool(one.get("pool"))),
            ("number", _e(_seconds(one.get("seconds")))),
            ("why", _e(one.get("msg") or " ".join(one.get("reasons") or []) or "-")),
        )
        for one in records
    ]
    return _table(title, ("FlexVol", "path", "pool", "seconds", "why"), rows)


def _plan(records: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        _row(
            ("name", _e(one.get("flexvol") or "-")),
            ("", _path(one.get("path"))),
            ("pool", _pool(one.get("pool"))),
            ("why", _e(" ".join([*(one.get("reasons") or []), *(one.get("cures") or [])]) or "-")),
        )
        for one in records
    ]
    return _table("The plan, before anything was made", ("FlexVol", "path", "pool", "why"), rows)


def _requests(requests: Mapping[str, Any]) -> str:
    calls = requests.get("calls") or {}
    if not requests:
        return ""
    rows = [
        _row(("name", f"<code>{_e(call)}</code>"), ("number", _e(number)))
        for call, number in sorted(calls.items())
    ]
    return (
        '<section class="long"><details><summary>'
        f"{_e(requests.get('openstack', 0))} requests to OpenStack, {_e(requests.get('ontap', 0))} to ONTAP"
        f"</summary><table>{''.join(rows)}</table></details></section>"
    )


def _table(title: str, columns: Iterable[str], rows: Sequence[str]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{_e(column)}</th>" for column in columns)
    return (
        f'<section class="long"><h2>{_e(title)}</h2><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _row(*cells: tuple[str, str]) -> str:
    return "<tr>" + "".join(f'<td class="{kind}">{text}</td>' for kind, text in cells) + "</tr>"


def _path(path: str | None, failed: Any = False) -> str:
    if failed:
        return '<span class="path bad">failed</span>'
    return f'<span class="path {_e(path or UNKNOWN)}">{_e(path or UNKNOWN)}</span>'


def _pool(name: str | None) -> str:
    """A browser may break the line before the share only."""
    return "#<wbr/>".join(_e(part) for part in (name or "-").split("#"))


def _bar(one: Mapping[str, Any], longest: float) -> str:
    seconds = one.get("seconds")
    if not seconds or not longest:
        return '<span class="soft">' + ("" if one.get("failed") else "was there") + "</span>"
    width = max(1, round(80 * seconds / longest))
    kind = _e(one.get("path") or UNKNOWN)
    return (
        f'<div class="bar {kind}"><i style="width:{width}px"></i><span>{_e(_seconds(seconds))}</span></div>'
    )


def _seconds(value: Any) -> str:
    return "-" if value is None else f"{float(value):.1f}"


def _e(value: Any) -> str:
    return escape(str("" if value is None else value), quote=True)
