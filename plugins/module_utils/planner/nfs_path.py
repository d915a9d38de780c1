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
)
from .notes import Notes
from .sizes import human

# Cinder's driver cleans its cache at this share of free space (thres_avl_size_perc_start).
CLEANING_PERCENT = 20


def decide(case: Case, notes: Notes) -> Decision:
    """The path into a pool whose FlexVol is known."""
    image, flexvol, entry = case.image, case.flexvol, case.entry
    if entry is not None and entry_rules.serves(entry, image, flexvol, case.wanted, notes):
        _warn_of_cleaning(flexvol, notes)
        return notes.decision(CACHE_CLONE, entry_usable=True)
    usable = _readable_sources(image, case.sources, notes)
    own = [source for source in usable if _same(source.flexvol, flexvol)]
    if flexvol.style != "flexvol":
        notes.add(
            f"{flexvol.name} is a FlexGroup, where ONTAP neither clones nor copies single files for us.",
            "Use FlexVols for pools that shall get enhanced instances.",
        )
    elif own:
        notes.add(f"The image's file {own[0].path} is in FlexVol {flexvol.name} itself.")
        _warn_of_cleaning(flexvol, notes)
        return notes.decision(IMAGE_CLONE, source=own[0])
    else:
        source = _copy_source(case, usable, notes)
        if source is not None:
            _warn_of_cleaning(flexvol, notes)
            return notes.decision(COPY_OFFLOAD, source=source)
    return notes.decision(DOWNLOAD)


def _readable_sources(image: Image, sources: Iterable[Source | Unusable], notes: Notes) -> list[Source]:
    """Sources whose bytes are a raw disk; entries are raw whatever the image is."""
    usable = []
    for source in sources:
        if isinstance(source, Unusable):
            notes.add(source.reason, source.cure)
        elif source.kind == "image" and not image.is_raw:
            notes.add(
                "Image {} is {} in a {} container, so its file is not a raw disk that the array could "
                "clone.".format(image.name, image.disk_format, image.container_format or "bare"),
                "Convert it (qemu-img convert -O raw) and upload it as disk_format raw; or let one volume be "
                "downloaded, after which Cinder's raw entry can be copied from there.",
            )
        elif (
            source.size is not None and image.is_raw and source.kind == "image" and source.size != image.size
        ):
            notes.add(
                f"File {source.path} in FlexVol {source.flexvol.name} has {source.size} bytes and Glance "
                "says "
                f"{image.size}.",
                "Check the Glance store: the image and its file do not belong together.",
            )
        else:
            usable.append(source)
    if not sources:
        notes.add(f"No location of image {image.name} is known.", "Read its locations with the service role.")
    return usable


def _copy_source(case: Case, usable: list[Source], notes: Notes) -> Source | None:
    """The first source that ONTAP can copy from; the same SVM before others, the image's file before
    entries.
    """
    image, flexvol = case.image, case.flexvol
    usable = sorted(usable, key=lambda source: (source.flexvol.svm != flexvol.svm, source.kind != "image"))
    if usable and image.size is not None and flexvol.available is not None and flexvol.available < image.size:
        notes.add(
            f"FlexVol {flexvol.name} has {human(flexvol.available)} free and the image needs "
            f"{human(image.size)}.",
            f"Enlarge FlexVol {flexvol.name}.",
        )
        return None
    for source in usable:
        obstacle = copy_rules.obstacle(source.flexvol, flexvol, case.engines)
        if obstacle is None:
            notes.add(
                "{} is in FlexVol {} of SVM {}; ONTAP copies it inside the cluster.".format(
                    "The image's file" if source.kind == "image" else "A cache entry",
                    source.flexvol.name,
                    source.flexvol.svm,
                )
            )
            return source
        notes.add(*obstacle)
    return None


def _warn_of_cleaning(flexvol: FlexVol, notes: Notes) -> None:
    if not flexvol.size or flexvol.available is None:
        return
    free = flexvol.available * 100 // flexvol.size
    if free <= CLEANING_PERCENT:
        notes.add(
            f"FlexVol {flexvol.name} has {free} % free: at {CLEANING_PERCENT} % or less Cinder's driver "
            "deletes "
            "entries that were not read for twelve hours.",
            f"Enlarge FlexVol {flexvol.name}, or run prime_cache on a schedule.",
        )


def _same(one: FlexVol, other: FlexVol) -> bool:
    return one.uuid == other.uuid and one.cluster == other.cluster
