# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of the roles that restart services; the decision is in module_utils/planner/log_lines.py."""

from __future__ import annotations

from ..module_utils.planner import log_lines, oslo_text


def log_sentences(lines, since="", secrets=None):
    """secrets: options by section, as the roles write them."""
    written = [str(value) for options in (secrets or {}).values() for value in options.values()]
    # A service tells them as it has read them.
    hidden = dict.fromkeys([*written, *map(oslo_text.meant, written)])
    return log_lines.sentences(lines or [], since or "", hidden)


class FilterModule:
    def filters(self):
        return {"log_sentences": log_sentences}
