# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether FlexVols can take what is to be copied into them: a pure forecast in bytes, before anything starts.

A clone takes nothing that counts; a copy takes the size of its source, though holes in it may take less.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from .facts import FlexVol
from .nfs_path import CLEANING_PERCENT
from .sizes import GIB, gib_up, human


@dataclass
class Forecast:
    """One FlexVol: what comes, in the order asked, and what finds no room."""

    flexvol: FlexVol
    coming: int = 0
    taken: list[Hashable] = field(default_factory=list)
    refused: dict[Hashable, tuple[str, str]] = field(default_factory=dict)  # what -> (sentence, cure)

    @property
    def free_after(self) -> int | None:
        return None if self.flexvol.available is None else self.flexvol.available - self.coming

    @property
    def percent_after(self) -> int | None:
        if self.free_after is None or not self.flexvol.size:
            return None
        return self.free_after * 100 // self.flexvol.size

    @property
    def cleaned(self) -> bool:
        """Whether Cinder's driver will clean the cache there; it counts from thres_avl_size_perc_start on."""
        return self.percent_after is not None and self.percent_after <= CLEANING_PERCENT

    @property
    def warning(self) -> str | None:
        if not self.cleaned or not self.coming:
            return None
        return (
            f"FlexVol {self.flexvol.name} of SVM {self.flexvol.svm} will have {self.percent_after} % free: "
            f"at {CLEANING_PERCENT} % or less Cinder's driver deletes entries that were not read for twelve "
            f"hours. Enlarge it by {gib_up(self._missing_to_stay())} GiB, or prune."
        )

    def _missing_to_stay(self) -> int:
        """Bytes by which the FlexVol must grow to have more than the threshold free."""
        size, free = self.flexvol.size or 0, self.free_after or 0
        share = CLEANING_PERCENT + 1
        return max(GIB, -(-(share * size - 100 * free) // (100 - share)))

    def as_dict(self) -> dict:
        return {
            "svm": self.flexvol.svm,
            "flexvol": self.flexvol.name,
            "size": self.flexvol.size,
            "available": self.flexvol.available,
            "bytes": self.coming,
            "available_after": self.free_after,
            "percent_free_after": self.percent_after,
            "fits": not self.refused,
            "cleaned": self.cleaned,
        }


def forecast(needs: Iterable[tuple[Hashable, str, FlexVol, int]]) -> list[Forecast]:
    """One Forecast for each FlexVol of ``needs``: (what, its label, FlexVol, bytes to be copied).

    What does not fit is refused, and smaller ones after it may still be taken.
    """
    found: dict[tuple[str, str], Forecast] = {}
    for what, label, flexvol, size in needs:
        one = found.setdefault((flexvol.cluster, flexvol.uuid), Forecast(flexvol))
        free = one.free_after
        if free is not None and size > free:
            promised = f" when {human(one.coming)} for others are in it" if one.coming else ""
            one.refused[what] = (
                f"FlexVol {flexvol.name} of SVM {flexvol.svm} has {human(max(free, 0))} free{promised}, and "
                f"image {label} needs {human(size)}",
                f"enlarge FlexVol {flexvol.name} by {gib_up(size - free)} GiB, or prune its image cache",
            )
        else:
            one.coming += size
            one.taken.append(what)
    return list(found.values())
