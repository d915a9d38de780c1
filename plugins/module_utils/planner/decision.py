# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart: one pure function from facts to the path an image takes to a pool.

    entry in the FlexVol's image cache?            yes -> cache_clone
    the image's file in the same FlexVol?          yes -> image_clone   (clone into the cache, then clones)
    a copy inside the cluster possible?            yes -> copy_offload  (copy into the cache, then clones)
    otherwise                                          -> download

Each no leaves a reason and, where something can be done about it, a cure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .facts import (
    CACHE_CLONE,
    COPY_OFFLOAD,
    DOWNLOAD,
    IMAGE_CLONE,
    Decision,
    Engine,
    Entry,
    FlexVol,
    Image,
    Pool,
    Source,
    Unusable,
    Wanted,
)
from .sizes import entry_fault, human, smallest_volume

# Cinder's driver cleans its cache at this share of free space (thres_avl_size_perc_start).
CLEANING_PERCENT = 20
ANYTHING = Wanted()

Engines = Mapping[tuple[str, str], Engine]


def decide(
    image: Image,
    pool: Pool,
    entry: Entry | None,
    sources: Iterable[Source | Unusable],
    engines: Engines,
    wanted: Wanted = ANYTHING,
) -> Decision:
    """The path for one image into one pool. ``engines`` maps (cluster, SVM) to what it offers."""
    notes = _Notes()
    fits = _fits(image, wanted, notes)
    if _never_cloned(image, pool, wanted, notes) or pool.flexvol is None:
        return notes.decision(DOWNLOAD, fits=fits)
    flexvol = pool.flexvol
    if entry is not None and _entry_serves(entry, image, flexvol, wanted, notes):
        _warn_of_cleaning(flexvol, notes)
        return notes.decision(CACHE_CLONE, fits=fits, entry_usable=True)
    sources = tuple(sources)
    usable = _readable_sources(image, flexvol, sources, notes)
    own = [source for source in usable if _same(source.flexvol, flexvol)]
    if flexvol.style != "flexvol":
        notes.add(
            f"{flexvol.name} is a FlexGroup, where ONTAP neither clones nor copies single files for us.",
            "Use FlexVols for pools that shall get enhanced instances.",
        )
    elif own:
        notes.add(f"The image's file {own[0].path} is in FlexVol {flexvol.name} itself.")
        _warn_of_cleaning(flexvol, notes)
        return notes.decision(IMAGE_CLONE, source=own[0], fits=fits)
    else:
        source = _copy_source(image, flexvol, usable, engines, notes)
        if source is not None:
            _warn_of_cleaning(flexvol, notes)
            return notes.decision(COPY_OFFLOAD, source=source, fits=fits)
    return notes.decision(DOWNLOAD, fits=fits)


class _Notes:
    """Collects reasons and cures in order, each once."""

    def __init__(self) -> None:
        self.reasons: dict[str, None] = {}
        self.cures: dict[str, None] = {}

    def add(self, reason: str, cure: str = "") -> None:
        self.reasons[reason] = None
        if cure:
            self.cures[cure] = None

    def decision(self, path: str, **more: object) -> Decision:
        return Decision(path, tuple(self.reasons), tuple(self.cures), **more)  # type: ignore[arg-type]


def _fits(image: Image, wanted: Wanted, notes: _Notes) -> bool:
    if image.status != "active":
        notes.add(
            f"Image {image.name} is {image.status}, and only an active image gives a volume.",
            "Wait for the upload to end, or upload it again.",
        )
        return False
    least = smallest_volume(image)
    if wanted.volume_gib is not None and wanted.volume_gib < least:
        notes.add(
            f"Image {image.name} needs a volume of {least} GiB and {wanted.volume_gib} GiB are asked for: "
            "Cinder "
            "refuses it.",
            f"Ask for a volume_size of {least} or more.",
        )
        return False
    return True


def _never_cloned(image: Image, pool: Pool, wanted: Wanted, notes: _Notes) -> bool:
    """Cases in which Cinder or its driver downloads whatever lies in the cache."""
    if wanted.encrypted:
        notes.add(
            "The volume type encrypts: Cinder never clones an image into an encrypted volume.",
            "Use a volume type without encryption; ONTAP encrypts the FlexVol itself (NVE, NAE).",
        )
        return True
    if pool.protocol != "nfs":
        notes.add(
            f"Pool {pool.name} speaks {pool.protocol}: it has no cache files; LUNs are cloned from "
            "image-volumes.",
            "Use a volume type on an NFS backend.",
        )
        return True
    if pool.flexvol is None:
        notes.add(
            pool.why_no_flexvol or f"No FlexVol was found behind pool {pool.name}.",
            "Give the connection of the SVM that serves %s in ontap." % (pool.share or pool.name),
        )
        return True
    return False


def _entry_serves(entry: Entry, image: Image, flexvol: FlexVol, wanted: Wanted, notes: _Notes) -> bool:
    fault = entry_fault(entry, image, wanted.volume_gib)
    if fault:
        notes.add(
            f"{entry.name} in FlexVol {flexvol.name} is not usable: {fault}.",
            "Run image_cache: it makes the entry again.",
        )
        return False
    fault = owner_fault(entry, wanted)
    if fault:
        notes.add(
            f"{entry.name} in FlexVol {flexvol.name} {fault}: with nas_secure_file_operations the driver "
            "may not chmod its clones, and "
            "the volume ends in error.",
            "Run image_cache: it makes the entry again with the right owner.",
        )
        return False
    notes.add(f"{entry.name} is in FlexVol {flexvol.name}.")
    return True


def owner_fault(entry: Entry, wanted: Wanted) -> str | None:
    """What is wrong with an entry's owner, group or mode; None when right, or when nobody looks at them."""
    faults = []
    if wanted.owner_uid is not None and entry.owner != wanted.owner_uid:
        faults.append(f"belongs to uid {entry.owner} and not {wanted.owner_uid}")
    if wanted.owner_gid is not None and entry.group != wanted.owner_gid:
        faults.append(f"belongs to gid {entry.group} and not {wanted.owner_gid}")
    if wanted.mode is not None and wanted.looks_at_owner and not _same_mode(entry.mode, wanted.mode):
        faults.append(f"has mode {entry.mode} and not {wanted.mode}")
    return " and ".join(faults) or None


def _same_mode(one: str | None, other: str) -> bool:
    try:
        return int(str(one), 8) == int(str(other), 8)
    except ValueError:
        return False


def _readable_sources(
    image: Image, flexvol: FlexVol, sources: Iterable[Source | Unusable], notes: _Notes
) -> list[Source]:
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


def _copy_source(
    image: Image, flexvol: FlexVol, usable: list[Source], engines: Engines, notes: _Notes
) -> Source | None:
    """The first source that ONTAP can copy from; the same SVM before others, the image's file before
    entries.
    """
    usable = sorted(usable, key=lambda source: (source.flexvol.svm != flexvol.svm, source.kind != "image"))
    if usable and image.size is not None and flexvol.available is not None and flexvol.available < image.size:
        notes.add(
            f"FlexVol {flexvol.name} has {human(flexvol.available)} free and the image needs "
            f"{human(image.size)}.",
            f"Enlarge FlexVol {flexvol.name}.",
        )
        return None
    for source in usable:
        obstacle = _copy_obstacle(source.flexvol, flexvol, engines)
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


def _copy_obstacle(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    if source.cluster != target.cluster:
        return (
            f"FlexVol {source.name} is in another cluster than {target.name}: ONTAP copies files only "
            "inside one cluster.",
            "Put a Glance store, or a first volume, into this cluster.",
        )
    if source.style != "flexvol":
        return (
            f"FlexVol {source.name} is a FlexGroup, from which ONTAP copies no files.",
            "Use a FlexVol for Glance.",
        )
    for svm in dict.fromkeys((target.svm, source.svm)):
        engine = engines.get((target.cluster, svm))
        if engine is None or not engine.file_copy:
            return (
                (engine.why_not if engine and engine.why_not else f"SVM {svm} offers no file copy by REST."),
                f"Give a connection to SVM {svm} on ONTAP 9.8 or newer.",
            )
        if not engine.nfs:
            return (
                f"NFS is off in SVM {svm}.",
                f"Switch NFS on (role ontap_svm, or: nfs create -vserver {svm}).",
            )
        if not engine.vstorage:
            return (
                f"vStorage is off in SVM {svm}, and copy offload needs it.",
                f"Switch it on (role ontap_svm, or: nfs modify -vserver {svm} -vstorage enabled).",
            )
    if source.svm != target.svm:
        peers = engines[(target.cluster, target.svm)].peers
        if peers is not None and source.svm not in peers:
            return (
                f"SVM {source.svm} and SVM {target.svm} are not peered for file copy.",
                f"Peer them: vserver peer create -vserver {target.svm} -peer-vserver {source.svm} "
                "-applications file-copy.",
            )
    return None


def _warn_of_cleaning(flexvol: FlexVol, notes: _Notes) -> None:
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
