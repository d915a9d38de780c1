# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done for one cache entry: a pure step from what lies in the FlexVol to the next action.

An entry that needs an owner goes through a staged file, because REST cannot change an owner (ONTAP's files
endpoint has no owner_id to write): staged, owned on a Cinder host, then cloned to its final name. Without an
owner to set, the entry is made at once; its content is complete before it has its name either way.
"""

from __future__ import annotations

from dataclasses import dataclass

from .entry_rules import owner_fault
from .facts import DOWNLOAD, Decision, Entry, Image, Wanted
from .sizes import entry_fault

KEEP = "keep"
TIDY = "tidy"  # the entry is right, a staged file is left over
PUBLISH = "publish"  # a staged file is complete and owned: clone it to the entry's name
AWAIT_OWNER = "await_owner"  # a staged file is complete and waits for its owner
STAGE = "stage"  # make the staged file
MAKE = "make"  # make the entry at once
IMPOSSIBLE = "impossible"  # only a download could bring the bytes here


@dataclass(frozen=True)
class Step:
    action: str
    discard_staged: bool = False  # what is staged is not the image's content
    replaces: bool = False  # an entry that cannot serve is overwritten

    @property
    def changes(self) -> bool:
        return self.action in (TIDY, PUBLISH, STAGE, MAKE)


def next_step(
    image: Image, entry: Entry | None, staged: Entry | None, decision: Decision, wanted: Wanted
) -> Step:
    """The step for one image in one FlexVol."""
    if decision.entry_usable:
        return Step(TIDY if staged is not None else KEEP)
    replaces = entry is not None
    if staged is not None and entry_fault(staged, image, wanted.volume_gib) is None:
        return Step(AWAIT_OWNER if owner_fault(staged, wanted) else PUBLISH, replaces=replaces)
    if decision.path == DOWNLOAD or decision.source is None:
        return Step(IMPOSSIBLE, replaces=replaces)
    return Step(
        STAGE if wanted.looks_at_owner else MAKE, discard_staged=staged is not None, replaces=replaces
    )
