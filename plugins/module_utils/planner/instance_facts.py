# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project has, and what is asked for, as far as the decisions about instances need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Statuses in which Cinder holds a volume for a server.
TAKEN = ("reserved", "attaching", "in-use", "detaching")


@dataclass(frozen=True)
class Volume:
    """A volume of the project. ``booted``: a run of ours gave it to a server once; ``held_by``: IDs of the
    servers that have it.
    """

    id: str
    status: str
    size: int
    volume_type: str | None = None
    image_id: str | None = None
    marked_name: str | None = None
    attached: bool = False
    metadata: Mapping[str, Any] | None = None
    created_at: str = ""
    booted: bool = False
    name: str = ""
    held_by: Sequence[str] = ()

    @property
    def taken(self) -> bool:
        return self.attached or self.status in TAKEN

    @property
    def holds_data(self) -> bool:
        """A guest has written to it, and nobody has given that up by asking Cinder to delete it."""
        return self.booted and self.status != "error_deleting"


@dataclass(frozen=True)
class Server:
    """A server of the project; ``volumes`` are the IDs of what is attached, ``networks`` names.
    ``leaving``: somebody has asked Nova to delete it.
    """

    id: str
    status: str
    flavor_id: str | None = None
    volumes: Sequence[str] = ()
    fault: str = ""
    networks: frozenset[str] = frozenset()
    security_groups: frozenset[str] = frozenset()
    key_name: str | None = None
    availability_zone: str | None = None
    config_drive: bool = False
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    leaving: bool = False


@dataclass(frozen=True)
class Target:
    """What every instance shall be. None (or empty, for metadata and tags) is not compared."""

    image_id: str
    flavor_id: str
    volume_gib: int
    volume_type: str | None = None
    size_asked: bool = False  # volume_gib is the user's word, not the least that holds the image
    networks: frozenset[str] | None = None  # names
    security_groups: frozenset[str] | None = None  # names
    key_name: str | None = None
    availability_zone: str | None = None
    config_drive: bool | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)  # ID of an image or flavor -> its name


@dataclass(frozen=True)
class Difference:
    """One thing in which an instance that exists is another one than asked for; both sides as text."""

    what: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.what} {self.found} and not {self.wanted}"

    def record(self) -> dict[str, str]:
        return {"what": self.what, "found": self.found, "wanted": self.wanted}
