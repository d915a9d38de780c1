# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``fields`` expression (facts A3): which parts of a record are shown."""

from __future__ import annotations

import fnmatch
import functools

from .errors import ApiError, invalid_value


def split(text):
    """Split at commas outside braces; empty parts (trailing or repeated commas) are ignored (facts A3)."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    if depth:
        raise ApiError(400, 262286, f'Brace mismatch in the fields expression "{text}".', "fields")
    return [part.strip() for part in parts + [current] if part.strip()]


def _braces(part):
    """b.{c,d} -> b.c, b.d"""
    if "{" not in part:
        return [part]
    head, _dummy, rest = part.partition("{")
    inner, _dummy, tail = rest.rpartition("}")
    return [name for item in split(inner) for name in _braces(head + item + tail)]


@functools.lru_cache(maxsize=4096)
def select(schema, version, text, ignore_unknown=False, collection=True):
    """The set of field names to show."""
    names = schema.names(version)
    identifying = {name for name, field in names.items() if "i" in field.flags}
    if text is None:
        if collection:
            return frozenset(identifying)
        text = "*"
    chosen, excluded = set(identifying), set()
    for expression in split(text):
        for name in _braces(expression):
            target = chosen
            if name.startswith("!"):
                name, target = name[1:], excluded
            target |= _match(names, name, text, ignore_unknown)
    return frozenset(name for name in (chosen - excluded) | identifying if "s" not in names[name].flags)


def _match(names, name, text, ignore_unknown):
    if name == "*":
        return {item for item, field in names.items() if "x" not in field.flags}
    if name == "**":
        return set(names)
    if name.endswith(".*"):
        name = name[:-2]
    if name in names:
        return {name}
    prefix = name + "."
    found = {item for item in names if item.startswith(prefix)}
    if not found and "*" in name:
        found = set(fnmatch.filter(names, name))
    if not found and "_links" in name:
        return set()
    if not found and not ignore_unknown:
        if any(field.kind == "any" and name.startswith(item + ".") for item, field in names.items()):
            return {
                item for item, field in names.items() if field.kind == "any" and name.startswith(item + ".")
            }
        raise invalid_value(name, "fields", "field,...")
    return found


@functools.lru_cache(maxsize=4096)
def _tree(chosen):
    tree = {}
    for name in chosen:
        node = tree
        for part in name.split("."):
            node = node.setdefault(part, {})
    return tree


def project(record, chosen, links):
    """The chosen parts of a record. Embedded links stay when the client takes HAL."""
    return _project(record, _tree(chosen), links)


def _project(value, tree, links):
    if not tree:
        return value if links else _strip(value)
    if isinstance(value, list):
        return [_project(item, tree, links) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, child in tree.items():
        if key in value:
            item = value[key]
            if item is None:
                continue
            item = _project(item, child, links) if child or isinstance(item, (dict, list)) else item
            if child and item == {} and value[key] != {}:
                continue
            result[key] = item
    if links and "_links" in value:
        result["_links"] = value["_links"]
    return result


def _strip(value):
    if isinstance(value, list):
        return [_strip(item) for item in value]
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if key != "_links"}
    return value
