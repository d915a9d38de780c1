# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Nova refuses of a server by its schemas (nova/api/validation/parameter_types.py), told before volumes
are made for servers that cannot be. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_TEXT, _TAG, _TAGS = 255, 60, 50
# User data is sent in base64, four letters for three bytes.
_USER_DATA = 65535


def fault(names: Sequence[str], options: Mapping[str, Any]) -> tuple[str, str] | None:
    """``(what, cure)`` of the first thing that Nova would refuse, or None."""
    return next((one for one in _faults(names, options) if one), None)


def _faults(names, options) -> Iterable[tuple[str, str] | None]:
    for name in names:
        yield _long("The name", name)
        if name != name.strip(" ") or not all(_printable(letter) for letter in name):
            yield (
                f"The name {name!r} begins or ends with a blank, or holds what cannot be printed",
                "Nova takes no such name",
            )
    yield _long("The description", options.get("description") or "")
    for key, value in (options.get("metadata") or {}).items():
        yield _long("The metadata key", key)
        yield _long(f"The metadata {key}", value)
    tags = options.get("tags") or ()
    if len(set(tags)) > _TAGS:
        yield f"tags holds {len(set(tags))} tags", f"give {_TAGS} at most"
    for tag in tags:
        if not tag or len(tag) > _TAG or set(tag) & set(",/"):
            yield f"{tag!r} is no tag", f"give 1 to {_TAG} letters without commas and slashes"
    encoded = len(options.get("user_data") or "")
    if encoded > _USER_DATA:
        yield (
            f"userdata has {encoded // 4 * 3} bytes and Nova takes {_USER_DATA // 4 * 3}",
            "have it fetch the rest",
        )


def _long(what, text) -> tuple[str, str] | None:
    if len(text) <= _TEXT:
        return None
    return f"{what} {text[:20]!r}... has {len(text)} letters", f"give {_TEXT} at most"


def _printable(letter) -> bool:
    category = unicodedata.category(letter)
    return category[0] != "C" and category not in ("Zl", "Zp")
