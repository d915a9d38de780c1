# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set named keys in an oslo.config file: order, comments and everything else stay.

oslo.config's rules (oslo_config/iniparser.py): a comment begins with # or ; in the first column, a line that
begins with a blank goes on with the value before it, a section may come several times, and of a key that is
given several times the last one counts.
"""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN = "(not shown)"


@dataclass
class _Entry:
    """One key in the file: its lines are first..last, both included."""

    section: str
    key: str
    first: int
    last: int


def edit(text: str, wanted: dict, remove=()) -> str:
    """The text with each wanted {section: {key: value}}, and without what is in remove.

    remove: "section" for a whole section, "section/key" for one key.
    """
    lines = text.splitlines()
    for name in remove:
        lines = _without(lines, *name.partition("/")[::2])
    for section, options in wanted.items():
        for key, value in options.items():
            lines = _with(lines, section, key, str(value))
    return "\n".join(lines) + "\n" if lines else ""


def whole(wanted: dict, heading: str) -> str:
    """The text of a file that holds nothing but the wanted options."""
    parts = [f"# {heading}\n"]
    for section, options in wanted.items():
        parts.append("".join([f"\n[{section}]\n", *(f"{key} = {value}\n" for key, value in options.items())]))
    return "".join(parts)


def shown(values: dict, wanted: dict, secrets: dict, remove=()) -> str:
    """The named options as lines for a diff, without secrets; values: "section/key" to its values."""
    lines = []
    for options, secret in ((wanted, False), (secrets, True)):
        for section, keys in options.items():
            for key, value in keys.items():
                found = values.get(f"{section}/{key}")
                if found and secret:
                    lines.append(
                        f"[{section}] {key} = {HIDDEN}{'' if found[-1] == str(value) else ', another one'}"
                    )
                elif found:
                    lines.append(f"[{section}] {key} = {found[-1]}")
    return "".join(f"{line}\n" for line in [*lines, *(f"{name} is there" for name in remove)])


def _entries(lines: list[str]) -> tuple[list[_Entry], dict[str, list[tuple[int, int]]]]:
    """All keys, and for each section the (first line, line after the last) of its parts."""
    entries, parts = [], {}
    section, start = "DEFAULT", 0
    for number, line in enumerate(lines):
        if line.startswith("["):
            parts.setdefault(section, []).append((start, number))
            section, start = line[1:].partition("]")[0], number
        elif line[:1] in ("#", ";") or not line.strip():
            continue
        elif line[0] in " \t":
            if entries and entries[-1].section == section:
                entries[-1].last = number
        else:
            cut = min((line.index(sign) for sign in "=:" if sign in line), default=None)
            if cut is not None:
                entries.append(_Entry(section, line[:cut].strip(), number, number))
    parts.setdefault(section, []).append((start, len(lines)))
    return entries, parts


def _with(lines: list[str], section: str, key: str, value: str) -> list[str]:
    entries, parts = _entries(lines)
    line = f"{key} = {value}"
    found = [entry for entry in entries if (entry.section, entry.key) == (section, key)]
    if found:
        entry = found[-1]
        if _value(lines[entry.first : entry.last + 1]) == value:
            return lines
        return [*lines[: entry.first], line, *lines[entry.last + 1 :]]
    named = [part for part in parts.get(section, []) if part[0] < part[1] and lines[part[0]].startswith("[")]
    if not named:
        return [*lines, *([""] if lines and lines[-1].strip() else []), f"[{section}]", line]
    # After the last line of the section that says something.
    inside = [
        entry.last
        for entry in entries
        if entry.section == section and named[-1][0] <= entry.first < named[-1][1]
    ]
    at = (max(inside) if inside else named[-1][0]) + 1
    return [*lines[:at], line, *lines[at:]]


def _value(lines: list[str]) -> str:
    first = lines[0]
    cut = min(first.index(sign) for sign in "=:" if sign in first)
    text = first[cut + 1 :].strip()
    if len(lines) == 1 and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return "\n".join([text, *(line.strip() for line in lines[1:])]).strip()


def _without(lines: list[str], section: str, key: str) -> list[str]:
    entries, parts = _entries(lines)
    gone = set()
    if key:
        for entry in entries:
            if (entry.section, entry.key) == (section, key):
                gone.update(range(entry.first, entry.last + 1))
    else:
        for first, after in parts.get(section, []):
            if first < after and lines[first].startswith("["):
                gone.update(range(first, after))
    return [line for number, line in enumerate(lines) if number not in gone]
