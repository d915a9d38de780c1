# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart on an NFS pool, whose FlexVol has an image cache of files in its root."""

from __future__ import annotations

from collections.abc import Iterable

from . import copy_rules, entry_rules
from .facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    Case,
    Decision,
    FlexVol,
    Image,
    Source,
    Unusable,
    Wanted,
)
from .notes import Notes

# Cinder's driver cleans its cache at this share of free space (thres_avl_size_perc_start).
CLEANING_PERCENT = 20


def decide(case: Case, notes: Notes) -> Decision:
    """The path into a pool whose FlexVol is known."""
    image, flexvol, entry = case.image, case.flexvol, case.entry
    if entry is not None and entry_rules.serves(entry, image, flexvol, case.wanted, notes):
        _warn_of_cleaning(flexvol, notes)
        return notes.decision(CACHE_CLONE, entry_usable=True)
    usable = _readable_sources(image, case.sources, notes)
    if flexvol.style != "flexvol":
        notes.add(
            f"{flexvol.name} is a FlexGroup, where ONTAP neither clones nor copies single files for us.",
            "Use FlexVols for pools that shall get enhanced instances.",
        )
        return notes.decision(DOWNLOAD)
    path, source = IMAGE_CLONE, _own_source(flexvol, usable, notes)
    if source is None:
        path, source = COPY_OFFLOAD, _copy_source(case, usable, notes)
    if source is None:
        return notes.decision(DOWNLOAD)
    _name_the_others(source, usable, notes)
    _warn_of_owner(case.wanted, notes)
    _warn_of_cleaning(flexvol, notes)
    return notes.decision(path, source=source)


def _readable_sources(image: Image, sources: Iterable[Source | Unusable], notes: Notes) -> list[Source]:
    """Sources whose bytes are a raw disk; entries are raw whatever the image is."""
    usable = []
    for source in sources:
        if isinstance(source, Unusable):
            notes.add(source.reason, source.cure)
        elif source.kind == "image" and image.mislabelled:
            notes.add(
                f"Glance says that image {image.name} is raw, and file {source.path} in FlexVol "
                f"{source.flexvol.name} begins like {image.content_format}: it is not cloned, because its "
                "clones would not boot, and Cinder refuses to convert what is not what Glance says.",
                "Upload it again, with its real disk_format, or converted to a raw disk.",
            )
        elif source.kind == "image" and not image.is_raw:
            notes.add(
                "Image {} is {} in a {} container, so its file is not a raw disk that the array could "
                "clone.".format(image.name, image.disk_format, image.container_format or "bare"),
                "Convert it (qemu-img convert -O raw) and upload it as disk_format raw; or let one volume be "
                "downloaded, after which Cinder's raw entry can be copied from there.",
            )
        elif source.kind == "image" and source.size is not None and source.size != image.size:
            notes.add(
                f"File {source.path} in FlexVol {source.flexvol.name} has {source.size} bytes and Glance "
                f"says {image.size}.",
                "Check the Glance store: the image and its file do not belong together.",
            )
        else:
            usable.append(source)
    if not sources:
        notes.add(f"No location of image {image.name} is known.", "Read its locations with the service role.")
    return usable


def _own_source(flexvol: FlexVol, usable: list[Source], notes: Notes) -> Source | None:
    """The image's file, or an entry that only lacks its owner, in the pool's own FlexVol."""
    own = sorted((one for one in usable if _same(one.flexvol, flexvol)), key=lambda one: one.kind != "image")
    if not own:
        return None
    source = own[0]
    if source.kind != "image":
        notes.add(f"The content of {source.path} in FlexVol {flexvol.name} is right, so it is cloned anew.")
        return source
    notes.add(f"The image's file {source.path} is in FlexVol {flexvol.name} itself.")
    if source.qtree:
        notes.add(
            f"It is in qtree {source.qtree}: the array clones from there into the FlexVol's root, which NFS "
            "clients could not, and Cinder's driver alone would download."
        )
    return source


def _copy_source(case: Case, usable: list[Source], notes: Notes) -> Source | None:
    """The first source that ONTAP can copy from; the same SVM before others, the image's file before
    entries. What stands in the way of the others is noted.
    """
    image, flexvol = case.image, case.flexvol
    for source in sorted(usable, key=lambda one: (one.flexvol.svm != flexvol.svm, one.kind != "image")):
        if _same(source.flexvol, flexvol):
            continue
        obstacle = copy_rules.obstacle(image, source.flexvol, flexvol, case.engines)
        if obstacle is None:
            what = "The image's file" if source.kind == "image" else "A cache entry"
            notes.add(
                f"{what} is in FlexVol {source.flexvol.name} of SVM {source.flexvol.svm}; ONTAP copies it "
                "inside the cluster."
            )
            caveat = copy_rules.caveat(source.flexvol, flexvol, case.engines)
            if caveat:
                notes.add(*caveat)
            return source
        notes.add(*obstacle)
    return None


def _name_the_others(source: Source, usable: list[Source], notes: Notes) -> None:
    others = [one for one in usable if one is not source and one.kind == "image"]
    if others:
        notes.add("The image is also " + ", and ".join(f"at {one}" for one in others) + ".")


def _warn_of_owner(wanted: Wanted, notes: Notes) -> None:
    if wanted.looks_at_owner:
        notes.add(
            f"A Cinder host gives the entry to uid {wanted.owner_uid}, as nas_secure_file_operations wants "
            "it, before it is published, because ONTAP's REST API cannot."
        )


def _warn_of_cleaning(flexvol: FlexVol, notes: Notes) -> None:
    if not flexvol.size or flexvol.available is None:
        return
    free = flexvol.available * 100 // flexvol.size
    if free <= CLEANING_PERCENT:
        notes.add(
            f"FlexVol {flexvol.name} has {free} % free: at {CLEANING_PERCENT} % or less Cinder's driver "
            "deletes entries that were not read for twelve hours.",
            f"Enlarge FlexVol {flexvol.name}, or run prime_cache on a schedule.",
        )


def _same(one: FlexVol, other: FlexVol) -> bool:
    return one.uuid == other.uuid and one.cluster == other.cluster
