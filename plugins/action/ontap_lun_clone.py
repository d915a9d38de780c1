# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what the module ontap_lun_clone tells while it runs."""

from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.plugin_utils.live import LiveAction


class ActionModule(LiveAction):
    """The module ontap_lun_clone, with live lines."""
