# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through Cinder: an image that the array can bring nowhere is downloaded once.

Then the array copies the entry that Cinder's driver registered to the other FlexVols.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..failures import EnhancedInstanceError
from ..planner.facts import Entry, Source
from ..planner.names import cache_entry_name
from ..planner.sizes import GIB, smallest_volume
from ..planner.throwaway import wants_one
from . import plan
from .cache_download import Downloads, Landed


@dataclass(frozen=True)
class Outcome:
    """What is left to do, what to warn of, and the throwaway volumes of killed runs that were removed."""

    scene: object
    works: list
    warnings: list
    removed: list


def through_cinder(scene, works, context):
    """An Outcome after the downloads that are needed; in check mode as it would be.

    The works of a downloaded image are those that are left: copies from the entry that the driver registered.
    A failed download fails all of them.
    """
    images = [image for image in scene.images if _wants_one(scene, image, works)]
    if not any(pool.flexvol and pool.protocol == "nfs" for pool in scene.pools):
        return Outcome(scene, works, [], [])
    downloads = Downloads(scene, context)
    removed = downloads.tidy([image for image in scene.images if image not in images])
    if not images:
        return Outcome(scene, works, [], removed)
    check = context.options.check_mode
    landed = (
        {image.id: _foreseen(scene, image, works) for image in images} if check else downloads.run(images)
    )
    warnings, left = [], []
    for image in images:
        found = landed[image.id]
        if isinstance(found, EnhancedInstanceError):
            for work in works:
                if work.image.id == image.id and not work.failed:
                    work.fail(found)
            continue
        scene = _with_entry(scene, image, found, None if check else context.arrays)
        left.append(image.id)
        why = next(work.decision for work in works if work.image.id == image.id and work.may_download)
        warnings.append(
            f"Image {image.name} {'will be' if check else 'was'} downloaded once, into pool {found.pool}: "
            + " ".join(why.reasons + why.cures)
        )
    works = [
        work.after_download(scene, landed[work.image.id])
        if work.image.id in left and work.pool.protocol == "nfs" and not work.failed
        else work
        for work in works
    ]
    return Outcome(scene, works, warnings, removed)


def _wants_one(scene, image, works):
    own = [work for work in works if work.image.id == image.id]
    pairs = [(work.pool, work.decision) for work in own]
    return wants_one(image, pairs, scene.wanted) and any(
        work.may_download and not work.failed for work in own
    )


def _foreseen(scene, image, works):
    """Check mode names the FlexVol with most free space, as Cinder's scheduler weighs by default."""
    candidates = [
        work for work in works if work.image.id == image.id and work.may_download and not work.failed
    ]
    chosen = max(candidates, key=lambda work: work.pool.free_gib or 0)
    wanted = scene.wanted
    size = smallest_volume(image) * GIB
    entry = Entry(cache_entry_name(image.id), size, wanted.owner_uid, wanted.owner_gid, wanted.mode)
    return Landed(chosen.flexvol, entry, chosen.pool.name, None)


def _with_entry(scene, image, landed, arrays):
    """The scene with the new entry as a source; ``arrays`` None: as it would be."""
    if not any(pool.flexvol == landed.flexvol for pool in scene.pools):
        # Cinder chose a pool that the task did not ask for; its entry can be copied all the same.
        source = Source(landed.flexvol, landed.entry.name, "entry", landed.entry.size)
        scene = replace(scene, sources={**scene.sources, image.id: (*scene.sources[image.id], source)})
    if arrays is not None:
        return plan.refresh(arrays, scene, image)
    root_files = {**scene.root_files, (landed.flexvol.uuid, landed.entry.name): landed.entry}
    return plan.decided(replace(scene, root_files=root_files), (image,))
