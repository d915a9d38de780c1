# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In what an instance is another one than asked for. Pure; what was not asked for is not compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .instance_facts import Difference, Server, Target, Volume


def of_volume(target: Target, volume: Volume, exact_size: bool = False) -> list[Difference]:
    """Image and type, and the size where it was asked for (or ``exact_size``)."""
    found = _Found(target)
    found.compare("image", volume.image_id, target.image_id)
    if target.volume_type is not None:
        found.compare("volume type", volume.volume_type, target.volume_type)
    if target.size_asked or exact_size:
        found.compare("volume size", f"{volume.size} GiB", f"{target.volume_gib} GiB")
    return found.differences


def of_server(target: Target, server: Server, root: Volume | None) -> list[Difference]:
    """All that Nova's list and Cinder's list tell of an instance, against what was asked for.

    A server without addresses (its ports are still being made, or its network has none) is not held against
    its networks, and one without groups (no ports, or ports without port security) not against those.
    """
    found = _Found(target)
    if root is None:
        found.compare("root disk", "no volume", "a volume")
    else:
        found.differences += of_volume(target, root)
    if server.flavor_id is not None:
        found.compare("flavor", server.flavor_id, target.flavor_id)
    if target.networks is not None and server.networks:
        found.compare("networks", _joined(server.networks), _joined(target.networks))
    if target.security_groups is not None and server.security_groups:
        found.compare("security groups", _joined(server.security_groups), _joined(target.security_groups))
    for what, here, wanted in (
        ("key", server.key_name, target.key_name),
        ("description", server.description, target.description),
        # A server that was never scheduled has no zone.
        ("availability zone", server.availability_zone or target.availability_zone, target.availability_zone),
    ):
        if wanted is not None:
            found.compare(what, here, wanted)
    if target.config_drive is not None:
        found.compare("config drive", _yes(server.config_drive), _yes(target.config_drive))
    for key, value in sorted(target.metadata.items()):
        found.compare(f"metadata {key}", server.metadata.get(key), value)
    if not target.tags <= server.tags:
        found.compare("tags", _joined(server.tags), _joined(target.tags))
    return found.differences


class _Found:
    def __init__(self, target: Target) -> None:
        self.names = target.names
        self.differences: list[Difference] = []

    def compare(self, what: str, here: Any, wanted: Any) -> None:
        if here != wanted:
            self.differences.append(Difference(what, self._text(here), self._text(wanted)))

    def _text(self, value: Any) -> str:
        if value is None or value == "":
            return "none"
        return self.names.get(value, str(value))


def _joined(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _yes(value: bool) -> str:
    return "yes" if value else "no"
