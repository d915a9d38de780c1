# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query language of collections (facts A3): wildcards, or, not, ranges, comparisons, null, literals."""

from __future__ import annotations

import fnmatch
import re

from .errors import ApiError, invalid_value, unexpected_argument
from .values import to_size

NUMBERS = ("int", "size", "float")


def values_of(record, name):
    """All values at a dotted name; lists of objects are entered."""
    found = [record]
    for part in name.split("."):
        step = []
        for item in found:
            if isinstance(item, dict) and part in item:
                value = item[part]
                step.extend(value if isinstance(value, list) else [value])
        found = step
    return [item for item in found if item is not None]


def split(text, separators):
    """Split outside quotes and braces."""
    parts, current, closing = [], "", None
    for char in text:
        if closing:
            closing = None if char == closing else closing
        elif char in '"{':
            closing = '"' if char == '"' else "}"
        elif char in separators:
            parts.append(current)
            current = ""
            continue
        current += char
    return parts + [current]


def _literal(text):
    if len(text) >= 2 and (text[0] + text[-1]) in ('""', "{}"):
        return text[1:-1]
    return None


class Condition:
    """One field's query."""

    def __init__(self, name, field, text, comma_is_or):
        self.name = name
        self.field = field
        self.kind = field.kind if field else "str"
        if text == "":
            raise ApiError(400, 262194, f'The query for field "{name}" lacks a value.', name)
        alternatives = split(text, "|,") if comma_is_or else split(text, "|")
        self.tests = [self._test(item) for item in alternatives if item != ""]
        positive = [test for test, negated in self.tests if not negated]
        negative = [test for test, negated in self.tests if negated]
        self.positive, self.negative = positive, negative

    def _number(self, text):
        if self.kind in NUMBERS:
            return to_size(text, self.name)
        return text

    def _test(self, text):
        literal = _literal(text)
        if literal is not None:
            return self._equal(literal), False
        if text.startswith("!"):
            return self._test(text[1:])[0], True
        if text == "null":
            return (lambda values: not values), False
        match = re.match(r"^(<=|>=|<|>|=)(.*)$", text, re.S)
        if match and match.group(1) != "=":
            return self._compare(match.group(1), self._number(match.group(2))), False
        if ".." in text and (self.kind in NUMBERS or self.kind == "date"):
            low, _dummy, high = text.partition("..")
            low, high = self._number(low), self._number(high)
            return (lambda values: any(low <= value <= high for value in values)), False
        if "*" in text:
            pattern = re.compile(fnmatch.translate(text.replace("[", "[[]").replace("?", "[?]")))
            return (lambda values: any(pattern.match(_text(value)) for value in values)), False
        return self._equal(text), False

    def _equal(self, text):
        if self.kind in NUMBERS:
            number = to_size(text, self.name)
            return lambda values: number in values
        if self.kind == "bool":
            if text.lower() not in ("true", "false"):
                raise invalid_value(text, self.name, "true|false")
            wanted = text.lower() == "true"
            return lambda values: wanted in values
        if "|" in self.kind:
            wanted = text.lower()
            return lambda values: any(_text(value).lower() == wanted for value in values)
        return lambda values: any(_text(value) == text for value in values)

    def _compare(self, operator, bound):
        # facts A3: "<" leaves out unset fields; enumerations compare alphabetically
        tests = {
            "<": lambda value: value < bound,
            ">": lambda value: value > bound,
            "<=": lambda value: value <= bound,
            ">=": lambda value: value >= bound,
        }
        test = tests[operator]
        return lambda values: any(test(value) for value in values)

    def matches(self, record):
        values = values_of(record, self.name)
        if any(test(values) for test in self.negative):
            return False
        if not self.positive:
            return True
        return any(test(values) for test in self.positive)


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def conditions(schema, version, pairs, comma_is_or=True, ignore_unknown=False):
    """Query pairs as conditions; an object's name stands for the object (facts C1, qtree)."""
    names = schema.names(version)
    result = []
    for name, text in pairs:
        field = names.get(name)
        if field is None and name in schema.objects and f"{name}.name" in names:
            name = f"{name}.name"
            field = names[name]
        if field is None:
            holder = next(
                (item for key, item in names.items() if item.kind == "any" and name.startswith(key + ".")),
                None,
            )
            if holder is None and name in schema.objects and text in ("null", "!null"):
                result.append(Condition(name, None, text, comma_is_or))
                continue
            if holder is None:
                if ignore_unknown:
                    continue
                raise unexpected_argument(name)
            result.append(Condition(name, None, text, comma_is_or))
            continue
        if "s" in field.flags:
            raise ApiError(400, 262250, f'Field "{name}" is not queryable.', name)
        result.append(Condition(name, field, text, comma_is_or))
    return result
