# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set named keys in an oslo.config file: order, comments and everything else stay.

oslo.config's rules (oslo_config/iniparser.py): a comment begins with # or ; in the first column, a line that
begins with a blank goes on with the value before it, a section may come several times, and of a key that is
given several times the last one counts. Lines end in a line feed, with or without a carriage return.

Values are as they stand in the file: oslo.config takes quotes and blanks around one away, and puts options in
for $names.
"""

from __future__ import annotations

import re
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
    # Not splitlines: for oslo.config a form feed ends no line, so what follows is none of its own.
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    end = "\r\n" if lines and all(line.endswith("\r") for line in lines) else "\n"
    before = lines = [line[:-1] for line in lines] if end == "\r\n" else lines
    for name in remove:
        lines = _without(lines, *name.partition("/")[::2])
    for section, options in wanted.items():
        for key, value in options.items():
            lines = _with(lines, section, key, str(value))
    if lines == before:
        return text
    return end.join(lines) + end if lines else ""


def fault(wanted: dict, remove=()) -> str:
    """Why {section: {key: value}} cannot be written, as a sentence without its end; empty for nothing.

    remove: as for :func:`edit`. No value is shown, for it may be a secret.
    """
    for name in remove:
        # Without its key it would be the whole section.
        if not all(name.split("/", 1)):
            return f"{name!r} names nothing to remove; write section, or section/option"
    for section, options in wanted.items():
        if not re.fullmatch(r"[^\]\n\r]+", str(section)):
            return f"section {section!r} cannot be written; a name has no bracket and no line break in it"
        for key, value in options.items():
            if not re.fullmatch(r"[^\s\[#;=:][^\n\r=:]*", str(key)):
                return f"option {key!r} of section {section} cannot be written; give it by its name alone"
            if value is None or isinstance(value, (dict, list)):
                kind = {dict: "key: value pairs", list: "a list"}.get(type(value), "nothing")
                return (
                    f"option {key} of section {section} is {kind}; give it as text, several items with "
                    "commas between them"
                )
            if re.search(r"[\n\r]", str(value)):
                return f"option {key} of section {section} holds a line break; give it in one line"
    return ""


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
                        f"[{section}] {key} = {HIDDEN}"
                        f"{'' if found[-1] == unquoted(str(value)) else ', another one'}"
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
        if _value(lines[entry.first : entry.last + 1]) == unquoted(value):
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
    text = unquoted(first[cut + 1 :])
    return "\n".join([text, *(line.strip() for line in lines[1:])])


def unquoted(value: str) -> str:
    """A value as oslo.config reads it, before it puts options in for $names."""
    value = value.strip()
    return value[1:-1] if value and value[0] == value[-1] and value[0] in "\"'" else value


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
