# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab says when it cannot go on."""

from __future__ import annotations


class LabError(Exception):
    """One sentence for the person at the screen: the value, the rule, the cure."""
