# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms that a value of the operator's variables may have: what is wrong with one, as the end of a sentence.

What comes from the command line or a survey is text, so numbers and switches may be written as text. None
and an empty text are as good as nothing, as the playbooks take them.
"""

from __future__ import annotations

import ipaddress
import re

SWITCHES = ("true", "false", "yes", "no", "on", "off", "1", "0")
# Of secrets the form is told, the value never.
SECRET = "secret"


def fault(form, value) -> str:
    """What the value must be, with what it is; empty when it is good. form: a key of FORMS, a tuple of
    choices, or {key: form} for records, of which other keys are not looked at."""
    if value is None or (isinstance(value, str) and value == ""):
        return ""
    if isinstance(form, tuple):
        return "" if value in form else f"is {value!r}; it must be one of {', '.join(form)}"
    if isinstance(form, dict):
        return _records(form, value)
    return FORMS[form](value)


def _text(value) -> str:
    return "" if isinstance(value, str) else f"is {_told(value)}; it must be text, so write it in quotes"


def _secret(value) -> str:
    return "" if isinstance(value, str) else "is not text; write it in quotes"


def _number(value) -> str:
    if isinstance(value, bool) or not re.fullmatch(r"\d+", str(value)):
        return f"is {_told(value)}; it must be a whole number, 0 or more"
    return ""


def _positive(value) -> str:
    return _number(value) or ("is 0; it must be 1 or more" if int(value) < 1 else "")


def _switch(value) -> str:
    if isinstance(value, bool) or str(value).lower() in SWITCHES:
        return ""
    return f"is {_told(value)}; it must be true or false"


def _words(value) -> str:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return ""
    return f"is {_told(value)}; it must be a list of texts, or one text with commas between them"


def _list(value) -> str:
    return (
        "" if isinstance(value, list) else f"is {_told(value)}; it must be a list, with a dash at each item"
    )


def _texts(value) -> str:
    return _list(value) or _each(value, _text)


def _record(value) -> str:
    if isinstance(value, dict):
        return ""
    # A text may be a password in the wrong place.
    return f"is {'text' if isinstance(value, str) else _told(value)}; it must be key: value pairs"


def _cloud(value) -> str:
    return "" if isinstance(value, (str, dict)) else f"is {_told(value)}; it must name a cloud of clouds.yaml"


def _address(value) -> str:
    """Of names nothing is known here, but what looks like an address must be one."""
    if not isinstance(value, str):
        return f"is {_told(value)}; it must be an address"
    if re.fullmatch(r"[\d.]+(/\d+)?|[\[\]0-9a-fA-F:]*:[\[\]0-9a-fA-F:.]*(/\d+)?", value):
        try:
            ipaddress.ip_network(value.replace("[", "").replace("]", ""), strict=False)
        except ValueError:
            return f"is {value!r}, which is no address"
    return ""


def _addresses(value) -> str:
    return _list(value) or _each(value, _address)


FORMS = {
    "text": _text,
    SECRET: _secret,
    "number": _number,
    "number from 1": _positive,
    "switch": _switch,
    "texts with commas, or a list": _words,
    "list": _list,
    "list of texts": _texts,
    "key: value": _record,
    "cloud": _cloud,
    "address": _address,
    "list of addresses": _addresses,
}


def _each(values, look) -> str:
    return next((f"has an item that {wrong}" for wrong in map(look, values) if wrong), "")


def _records(form, value) -> str:
    """A list of records, or with the key "" one record of such keys."""
    if "" in form:
        wrong = _record(value)
        return wrong or _keys({key: one for key, one in form.items() if key}, value)
    if _list(value) or not all(isinstance(one, dict) for one in value):
        return "must be a list of key: value pairs, with a dash at each item"
    return next((f"has an item whose {wrong}" for wrong in (_keys(form, one) for one in value) if wrong), "")


def _keys(form, record) -> str:
    for key, one in form.items():
        needed = key.endswith("!")
        name = key.rstrip("!")
        if needed and record.get(name) in (None, ""):
            return f"{name} is missing"
        wrong = fault(one, record.get(name))
        if wrong:
            return f"{name} {wrong}"
    return ""


def _told(value) -> str:
    """Of what has parts only the kind, for a part may be a secret."""
    kinds = {list: "a list", dict: "key: value pairs"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), repr(value))
