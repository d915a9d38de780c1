# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of the playbooks: names as an operator gives them, in a list or as one text."""

from __future__ import annotations

import re


def texts(value):
    """A list as it is, since a name may hold commas and spaces; a text (or number) in parts."""
    if isinstance(value, (list, tuple)):
        found = [texts(one) if isinstance(one, (list, tuple)) else [one] for one in value]
        return [str(one) for some in found for one in some if one not in (None, "")]
    parts = (part.strip() for part in re.split(r"[,\n]", "" if value is None else str(value)))
    return [part for part in parts if part]


class FilterModule:
    def filters(self):
        return {"texts": texts}
