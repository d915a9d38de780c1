# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart on a SAN pool (iSCSI, FC), which has no cache files: LUNs are cloned from image-volumes.

    an image-volume of the image in this pool?      yes -> cache_clone
    a LUN with its content in the same FlexVol?     yes -> image_clone   (LUN clone, adopted by Cinder)
    one in another FlexVol of the SVM?              yes -> copy_offload  (LUN copy, adopted by Cinder)
    otherwise                                           -> download      (once: Cinder keeps an image-volume)

Cinder 29 clones from an image-volume of the very same pool alone (clone_across_pools is False in the driver).
"""

from __future__ import annotations

from .facts import CACHE_CLONE, COPY_OFFLOAD, DOWNLOAD, IMAGE_CLONE, Case, Decision, Image, Source, Unusable
from .notes import Notes
from .san_facts import LUN_LIMIT, ImageVolume, luns_free
from .sizes import human

USABLE = ("available", "in-use")


def decide(case: Case, notes: Notes) -> Decision:
    """The path into a pool that holds LUNs."""
    pool = case.pool
    if pool.flexvol is None:
        notes.add(
            pool.why_no_flexvol or f"No FlexVol was found behind pool {pool.name}.",
            "Give the connection of the SVM that holds the pool's LUNs in ontap.",
        )
    elif luns_free(pool) == 0:
        notes.add(
            f"FlexVol {pool.flexvol.name} holds {LUN_LIMIT} LUNs, which is the most that it can.",
            "Add a FlexVol to the backend, or delete volumes.",
        )
    here = [one for one in case.image_volumes if one.pool == pool.name]
    serving = [one for one in here if _serves(one, case, notes)]
    if serving:
        notes.add(f"Image-volume {serving[0].id} of image {case.image.name} is in pool {pool.name}.")
        return notes.decision(CACHE_CLONE, entry_usable=True)
    if not here:
        notes.add(f"Pool {pool.name} has no image-volume of image {case.image.name}.")
    source = _source(case, notes) if pool.flexvol is not None else None
    if source is not None:
        own = source.flexvol.uuid == case.flexvol.uuid
        return notes.decision(IMAGE_CLONE if own else COPY_OFFLOAD, source=source)
    notes.add(
        "The first volume there is downloaded, which image_cache has Cinder do once; where the backend has "
        "Cinder's image-volume cache (image_volume_cache_enabled and the internal tenant), it keeps an "
        "image-volume, from which later ones are LUN clones."
    )
    return notes.decision(DOWNLOAD)


def _serves(volume: ImageVolume, case: Case, notes: Notes) -> bool:
    """Whether Cinder will clone this image-volume; the rules of its create_volume flow."""
    image = case.image
    asked = case.wanted.volume_gib
    name = f"Image-volume {volume.id} in pool {volume.pool}"
    if volume.status not in USABLE:
        notes.add(f"{name} is {volume.status}.", "Wait until it is available, or run image_cache again.")
    elif asked is not None and volume.size_gib > asked:
        notes.add(
            f"{name} has {volume.size_gib} GiB and {asked} GiB are asked for: a LUN is not made smaller.",
            f"Ask for a volume_size of {volume.size_gib} or more.",
        )
    elif volume.located and not image.is_raw:
        notes.add(
            f"Image {image.name} is {image.disk_format}, and Cinder clones a location's image-volume for raw "
            "images in a bare container alone.",
            "Upload it as disk_format raw.",
        )
    elif volume.located and not volume.owner_fits:
        notes.add(
            f"{name} has no metadata image_owner with the image's project, so Cinder takes it for that "
            f"project's "
            "volumes alone.",
            "Set image_owner on it, or run image_cache, which makes one that has it.",
        )
    elif not volume.located and volume.stale:
        notes.add(
            f"{name} is older than the last change of image {image.name}: Cinder's cache throws it away and "
            "downloads.",
            "Run image_cache, or let one volume of that pool be downloaded.",
        )
    else:
        return volume.located or volume.cached
    return False


def _source(case: Case, notes: Notes) -> Source | None:
    """A LUN with the image's content that the array can bring here, if Cinder and Glance can take it over."""
    usable = []
    for one in case.lun_sources:
        if isinstance(one, Unusable):
            notes.add(one.reason, one.cure)
        elif one.flexvol.svm != case.flexvol.svm or one.flexvol.cluster != case.flexvol.cluster:
            notes.add(
                f"LUN {one.path} is in SVM {one.flexvol.svm} and pool {case.pool.name} in "
                f"{case.flexvol.svm}: LUNs "
                "are copied within one SVM alone.",
                f"Copy it to a FlexVol of SVM {case.flexvol.svm} first.",
            )
        else:
            usable.append(one)
    usable.sort(key=lambda one: one.flexvol.uuid != case.flexvol.uuid)
    if not usable:
        notes.add(
            f"No LUN with the content of image {case.image.name} is known on the array.",
            "Name one in source_lun (a golden LUN), or let one pool have its image-volume first.",
        )
        return None
    source = usable[0]
    obstacle = _unfit(case.image, source) or _no_room(case, source) or _no_adoption(case)
    if obstacle:
        notes.add(*obstacle)
        return None
    notes.add(
        f"LUN {source.path} has the image's content; the array "
        + ("clones" if source.flexvol.uuid == case.flexvol.uuid else "copies")
        + f" it and Cinder adopts the result as image-volume of pool {case.pool.name}."
    )
    return source


def _unfit(image: Image, source: Source) -> tuple[str, str] | None:
    if not image.is_raw:
        return (
            f"Image {image.name} is {image.disk_format}, and Cinder clones a location's image-volume for raw "
            "images in a bare container alone.",
            "Convert it (qemu-img convert -O raw) and upload it as disk_format raw.",
        )
    if image.size is not None and source.size is not None and source.size < image.size:
        return (
            f"LUN {source.path} has {human(source.size)} and image {image.name} {human(image.size)}.",
            "Name the LUN that holds this image.",
        )
    return None


def _no_room(case: Case, source: Source) -> tuple[str, str] | None:
    """A clone takes no space; a copy at most its size, and a sparse image no less than what it holds."""
    need, free = case.image.size, case.flexvol.available
    if source.flexvol.uuid == case.flexvol.uuid or need is None or free is None or free >= need:
        return None
    return (
        f"FlexVol {case.flexvol.name} has {human(free)} free and the image needs {human(need)}.",
        f"Enlarge FlexVol {case.flexvol.name}.",
    )


def _no_adoption(case: Case) -> tuple[str, str] | None:
    adoption = case.adoption
    if adoption is None or adoption.possible:
        return None
    return (
        f"An image-volume made on the array cannot be handed to Glance: {adoption.why_not}",
        adoption.cure,
    )
