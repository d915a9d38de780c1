# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart of the decision with a run's counts on its arrows, as SVG. Pure; all text is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from .facts import CACHE_CLONE, COPY_OFFLOAD, DOWNLOAD, IMAGE_CLONE

WIDTH, HEIGHT = 980, 536
_LEFT, _ASK, _RIGHT, _ANSWER, _BOX = 10, 360, 640, 330, 74
_START, _FIRST, _STEP = 62, 106, 118

# Question, path where it is answered with yes, what is done then.
_ROWS = (
    ("Is the image in the FlexVol's cache?", "img-cache-<image id>", CACHE_CLONE, "FlexClone the cache file"),
    (
        "Is Glance's file on the FlexVol itself?",
        "in any directory",
        IMAGE_CLONE,
        "FlexClone it into the cache, then clones",
    ),
    (
        "Can the cluster copy it?",
        "NFS and vStorage on, same SVM or cluster",
        COPY_OFFLOAD,
        "Copy offload into the cache, then clones",
    ),
)

# The same on pools that hold LUNs (planner/san_path.py).
_SAN_ROWS = (
    ("Has the pool an image-volume?", "image-<image id>", CACHE_CLONE, "Clone its LUN"),
    (
        "Is there a LUN of it in the FlexVol?",
        "as an operator's golden LUN",
        IMAGE_CLONE,
        "Clone it, Cinder adopts it, then clones",
    ),
    (
        "Can the array copy one?",
        "from another FlexVol of the SVM",
        COPY_OFFLOAD,
        "Copy it, Cinder adopts it, then clones",
    ),
)


def flowchart(flow: Mapping[str, Mapping[str, int]], image: str, san: bool = False) -> str:
    """``flow`` as report.gather() makes it: instances, entries and pools by path; ``san``: pools of LUNs."""
    where, once = ("SAN pool", "pool") if san else ("FlexVol", "FlexVol")
    parts = [
        f'<svg class="flow" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="How the image reached the instances">',
        _box(_LEFT, 0, _ASK, _START, "start", f"An image is wanted on a {where}", _short(image)),
    ]
    total = sum(flow["instances"].values())
    left = total
    top = _START
    for place, (question, detail, path, answer) in enumerate(_SAN_ROWS if san else _ROWS):
        y = _FIRST + place * _STEP
        parts.append(_down(top, y, _counted(left, "instance") if left else ""))
        parts.append(_box(_LEFT, y, _ASK, _BOX, "ask", question, detail))
        parts += _answer(flow, path, answer, y)
        left -= flow["instances"].get(path, 0)
        top = y + _BOX
    y = _FIRST + len(_ROWS) * _STEP
    parts.append(_down(top, y, _counted(left, "instance") if left else ""))
    unknown = flow["instances"].get("unknown", 0)
    parts.append(
        _box(
            _LEFT,
            y,
            _ASK,
            _BOX,
            "ask",
            "Otherwise",
            f"of {_counted(unknown, 'instance')} the evidence does not tell the path"
            if unknown
            else "no better way is open",
        )
    )
    parts += _answer(flow, DOWNLOAD, f"Download from Glance, once per {once}", y)
    return "".join([*parts, "</svg>"])


def _answer(flow: Mapping[str, Mapping[str, int]], path: str, text: str, y: int) -> list[str]:
    used = flow["instances"].get(path, 0)
    entries = flow["entries"].get(path, 0)
    pools = flow["pools"].get(path, 0)
    lively = "used" if used or entries else "idle"
    middle = y + _BOX // 2
    start, end = _LEFT + _ASK, _RIGHT - 4
    under = []
    if entries:
        under.append(("1 entry" if entries == 1 else f"{entries} entries") + " made")
    if pools:
        under.append(("1 pool" if pools == 1 else f"{pools} pools") + " planned")
    centre = (start + end) // 2
    return [
        f'<path class="arrow {lively} {path}" d="M{start} {middle}H{end - 8}"/>',
        f'<path class="tip {lively} {path}" d="M{end - 10} {middle - 6}l10 6-10 6z"/>',
        _text(centre, middle - 10, "count" if used else "count none", _counted(used, "instance")),
        _text(centre, middle + 20, "under", ", ".join(under)),
        _box(_RIGHT, y, _ANSWER, _BOX, f"answer {path} {lively}", path, text),
    ]


def _box(x: int, y: int, width: int, height: int, kind: str, title: str, detail: str) -> str:
    middle = x + width // 2
    base = y + height // 2 + 5
    lines = [_text(middle, base - (11 if detail else 0), "head", title)]
    if detail:
        lines.append(_text(middle, base + 12, "detail", detail))
    return (
        f'<g class="box {kind}"><rect x="{x + 1}" y="{y + 1}" width="{width - 2}" '
        f'height="{height - 2}" rx="12"/>' + "".join(lines) + "</g>"
    )


def _down(top: int, bottom: int, text: str) -> str:
    middle = _LEFT + _ASK // 2
    arrow = (
        f'<path class="arrow" d="M{middle} {top}V{bottom - 10}"/>'
        f'<path class="tip unknown" d="M{middle - 6} {bottom - 12}l6 10 6-10z"/>'
    )
    return (
        arrow + f'<text class="under" x="{middle + 12}" y="{(top + bottom) // 2 + 4}">{escape(text)}</text>'
    )


def _text(x: int, y: int, kind: str, text: Any) -> str:
    return (
        f'<text class="{kind}" x="{x}" y="{y}" text-anchor="middle">{escape(str(text))}</text>'
        if text
        else ""
    )


def _short(text: str, length: int = 44) -> str:
    return text if len(text) <= length else text[: length - 1] + "\u2026"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
