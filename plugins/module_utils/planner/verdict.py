# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Did a volume arrive as a clone? Several signs together, never one alone."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import CACHE_CLONE, DOWNLOAD, IMAGE_CLONE
from .sizes import human

CLONE = "clone"
INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Signs:
    """What was seen of one volume before its guest wrote. None: not seen.

    entry_before     an entry lay in its FlexVol when the volume was asked for
    direct           the image's own file lies in the root of the volume's FlexVol, where the driver clones
    it itself used, unique     bytes of the volume's file (ONTAP file information)
    signature        the volume's image metadata holds ``signature_verified``: Cinder writes it on a download
    only seconds          from the request to ``available``
    """

    entry_before: bool | None = None
    direct: bool = False
    used: int | None = None
    unique: int | None = None
    signature: bool | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Verdict:
    verdict: str
    path: str | None
    why: str


def judge(signs: Signs) -> Verdict:
    """Verdict clone, download or inconclusive; the path in the four words, None when inconclusive.

    Unique bytes alone mislead: a deduplicated download shares blocks, a written clone does not. So sharing
    counts only together with an entry that was there, and against it only with Cinder's own mark.
    """
    for_clone, against = [], []
    if signs.direct and not signs.entry_before:
        for_clone.append("the image's file was in the same root")
    elif signs.entry_before is not None:
        (for_clone if signs.entry_before else against).append(
            "an entry was there" if signs.entry_before else "no entry was there"
        )
    if signs.used and signs.unique is not None:
        shared = signs.unique * 2 < signs.used
        (for_clone if shared else against).append(
            f"{human(signs.unique)} of {human(signs.used)} used are its own"
        )
    if signs.signature is not None:
        (against if signs.signature else for_clone).append(
            "Cinder noted a signature check" if signs.signature else "Cinder noted no download"
        )
    why = "; ".join(for_clone + against) or "nothing could be read"
    if len(for_clone) >= 2 and not against:
        return Verdict(CLONE, CACHE_CLONE if signs.entry_before is not False else IMAGE_CLONE, why)
    if len(against) >= 2 and not for_clone:
        return Verdict(DOWNLOAD, DOWNLOAD, why)
    # Cinder's own mark is written by the very code that downloads: with a second sign it decides.
    if signs.signature and len(against) >= 2:
        return Verdict(DOWNLOAD, DOWNLOAD, why)
    return Verdict(INCONCLUSIVE, None, why)
