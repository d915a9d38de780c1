# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One declaration per resource: which fields it has, of which type, who may set them, in which versions.

The declaration is text, one field per line::

    name             type        flags        [>=version] [<version] [=default]

A segment that ends in ``[]`` is a list of objects. Types: those of values.py, or ``a|b|c`` (an enumeration).
Flags: i identifying (always shown), c accepted by POST, m accepted by PATCH, x expensive (shown only when
asked for by name or by ``**``), s secret (never shown), r required by POST, - none of these.
The same declaration drives coercion, defaults, the check of ``fields`` and queries, and the coverage table.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import versions
from .errors import ApiError, cannot_patch, cannot_set, unexpected_argument
from .values import CONVERT, to_enum

NOTHING = object()


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    flags: str
    convert: object
    since: tuple = (0, 0, 0)
    until: tuple = (99, 0, 0)
    default: object = NOTHING

    def available(self, version):
        return self.since <= version < self.until


def _field(line):
    words = line.split()
    name, kind, flags, rest = words[0], words[1], words[2], words[3:]
    convert = to_enum(kind.split("|")) if "|" in kind else CONVERT[kind]
    options = {}
    for word in rest:
        if word.startswith(">="):
            options["since"] = versions.parse(word[2:])
        elif word.startswith("<"):
            options["until"] = versions.parse(word[1:])
        elif word.startswith("="):
            options["default"] = [word[1:]] if kind == "list" else convert(word[1:], name)
    return Field(name.replace("[]", ""), kind, flags.replace("-", ""), convert, **options)


class Schema:
    def __init__(self, text):
        self.fields = {}
        self.lists = set()
        self.objects = set()
        for line in text.strip().splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            raw = line.split()[0]
            path = []
            for part in raw.split("."):
                path.append(part.replace("[]", ""))
                if part.endswith("[]"):
                    self.lists.add(".".join(path))
            field = _field(line)
            self.fields[field.name] = field
            for depth in range(1, len(path)):
                self.objects.add(".".join(path[:depth]))
        self._for_version = {}

    def names(self, version):
        """The fields that exist in this version."""
        if version not in self._for_version:
            self._for_version[version] = {
                name: field for name, field in self.fields.items() if field.available(version)
            }
        return self._for_version[version]

    def defaults(self, version):
        """A nested record of the declared defaults."""
        result = {}
        for name, field in self.names(version).items():
            if field.default is not NOTHING and not any(name.startswith(item + ".") for item in self.lists):
                put(result, name, field.default)
        return result

    def load(self, body, method, version):
        """A request body, nested or dotted or both, as a nested record of typed values (facts A1)."""
        if not isinstance(body, dict):
            raise ApiError(400, 262245, "The request body must be a JSON object.")
        result = {}
        self._load("", body, result, method, version)
        return result

    def _load(self, prefix, value, result, method, version):
        for key, item in value.items():
            if key == "_links" or key.endswith("._links"):
                continue
            name = f"{prefix}.{key}" if prefix else key
            relative = key
            if name in self.lists:
                put(result, relative, self._load_list(name, item, method, version))
            elif name in self.objects and name not in self.names(version):
                if item is None:
                    continue
                if isinstance(item, str) and f"{name}.name" in self.fields:
                    item = {"name": item}  # facts B4, C1: a bare string stands for the object's name
                if not isinstance(item, dict):
                    raise ApiError(
                        400, 262247, f'Invalid value for field "{name}": an object is expected.', name
                    )
                child = get(result, relative)
                child = child if isinstance(child, dict) else {}
                self._load(name, item, child, method, version)
                put(result, relative, child)
            else:
                field = self.names(version).get(name)
                if field is None:
                    raise unexpected_argument(name)
                if method == "POST" and not set("cir") & set(field.flags):
                    raise cannot_set(name)
                if method == "PATCH" and not set("mi") & set(field.flags):
                    raise cannot_patch(name) if "c" in field.flags else cannot_set(name)
                if item is None and field.kind != "any":
                    continue
                put(result, relative, field.convert(item, name))

    def _load_list(self, name, items, method, version):
        if not isinstance(items, list):
            raise ApiError(400, 262254, f'The field "{name}" expects an array.', name)
        result = []
        for item in items:
            if isinstance(item, str) and f"{name}.name" in self.fields:
                item = {"name": item}
            if not isinstance(item, dict):
                raise ApiError(400, 262247, f'Invalid value for field "{name}": an object is expected.', name)
            element = {}
            self._load(name, item, element, method, version)
            result.append(element)
        return result

    def required(self):
        return [name for name, field in self.fields.items() if "r" in field.flags]


def get(record, name, default=None):
    """The value at a dotted name, or the default. Lists are not entered."""
    for part in name.split("."):
        if not isinstance(record, dict) or part not in record:
            return default
        record = record[part]
    return record


def put(record, name, value):
    parts = name.split(".")
    for part in parts[:-1]:
        child = record.get(part)
        if not isinstance(child, dict):
            child = record[part] = {}
        record = child
    record[parts[-1]] = value


def drop(record, name):
    parts = name.split(".")
    for part in parts[:-1]:
        record = record.get(part)
        if not isinstance(record, dict):
            return
    record.pop(parts[-1], None)


def merge(target, changes):
    """Changes over a record, objects deeply, lists as a whole."""
    result = dict(target)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        else:
            result[key] = value
    return result
