# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reasons and cures as they are collected on the way to a decision."""

from __future__ import annotations

from .facts import Decision


class Notes:
    """Reasons and cures in order, each once."""

    def __init__(self) -> None:
        self.reasons: dict[str, None] = {}
        self.cures: dict[str, None] = {}

    def add(self, reason: str, cure: str = "") -> None:
        self.reasons[reason] = None
        if cure:
            self.cures[cure] = None

    def decision(self, path: str, **more: object) -> Decision:
        return Decision(path, tuple(self.reasons), tuple(self.cures), **more)  # type: ignore[arg-type]
