# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turning what clients send into typed values (facts A1): strings for booleans, numbers, sizes are fine."""

from __future__ import annotations

import re

from .errors import invalid_value

UNITS = {
    "": 1,
    "B": 1,
    "K": 1 << 10,
    "KB": 1 << 10,
    "M": 1 << 20,
    "MB": 1 << 20,
    "G": 1 << 30,
    "GB": 1 << 30,
    "T": 1 << 40,
    "TB": 1 << 40,
    "P": 1 << 50,
    "PB": 1 << 50,
}
SIZE = re.compile(r"^(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)$")
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.I)


def to_bool(value, name):
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise invalid_value(value, name, "true|false")


def to_int(value, name):
    if isinstance(value, bool):
        raise invalid_value(value, name, "integer")
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid_value(value, name, "integer") from None


def to_size(value, name):
    """Bytes; suffixes are powers of 1024 (facts A1)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    match = SIZE.match(str(value).strip())
    if not match or match.group(2).upper() not in UNITS:
        raise invalid_value(value, name, "integer[KB|MB|GB|TB|PB]")
    return (
        int(float(match.group(1)) * UNITS[match.group(2).upper()])
        if "." in match.group(1)
        else int(match.group(1)) * UNITS[match.group(2).upper()]
    )


def to_str(value, name):
    if isinstance(value, (dict, list)):
        raise invalid_value(value, name, "text")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def to_uuid(value, name):
    if not UUID.match(str(value)):
        raise invalid_value(value, name, "UUID")
    return str(value).lower()


def to_list(value, name):
    if not isinstance(value, list):
        # facts A6, 262254: an array was expected
        from .errors import ApiError

        raise ApiError(400, 262254, f'The field "{name}" expects an array.', name)
    return [to_str(item, name) for item in value]


def to_any(value, name):
    return value


def to_enum(choices):
    lookup = {choice.lower(): choice for choice in choices}

    def convert(value, name):
        found = lookup.get(to_str(value, name).lower())
        if found is None:
            raise invalid_value(value, name, "|".join(choices))
        return found

    return convert


CONVERT = {
    "str": to_str,
    "int": to_int,
    "bool": to_bool,
    "size": to_size,
    "uuid": to_uuid,
    "list": to_list,
    "any": to_any,
    "date": to_str,
    "float": lambda value, name: float(value),
}
