# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layouts, as data: where the image lies, how many FlexVols take volumes, what happens on the way."""

from __future__ import annotations

from dataclasses import dataclass

OURS, STOCK = "ours", "stock"
SIDES = (OURS, STOCK)

# Outcomes, in the words of the page.
CLONES = "clones only"
ONCE = "one download, then clones"
DOWNLOADS = "downloads"
NOTHING = "nothing made"
OUTCOMES = (CLONES, ONCE, DOWNLOADS, NOTHING)


@dataclass(frozen=True)
class Layout:
    """One row of the page.

    store      where Glance keeps the image: ``root``, ``dir`` and ``qtree`` are in the first FlexVol of the
               volumes, ``near`` is a FlexVol of the same SVM, ``far`` of another one, ``fs`` is Glance's
               local disk
    flexvols   how many FlexVols the volume type may use
    event      what happens on the way: ``fills_up`` (the last FlexVol, while it is being copied to) or
               ``deleted`` (the image, between plan and prime)
    entries    how the collection makes its entries, one word for each FlexVol
    ours, stock   the outcome of each side
    """

    name: str
    title: str
    store: str
    ours: str = CLONES
    stock: str = DOWNLOADS
    entries: tuple[str, ...] = ()
    flexvols: int = 1
    instances: int = 2
    disk_format: str = "raw"
    peered: bool | None = None
    secure: bool = True
    event: str | None = None


LAYOUTS = (
    # The one place from which the driver clones the image by itself. The clone belongs to Glance then,
    # so that a driver that works as its own user cannot open it, and every volume ends in error.
    Layout(
        "same_root",
        "in the same FlexVol, in its root",
        "root",
        stock=NOTHING,
        entries=("image_clone",),
    ),
    Layout(
        "same_root_open",
        "in the same FlexVol, in its root, both nas_secure options false",
        "root",
        stock=CLONES,
        entries=("image_clone",),
        secure=False,
    ),
    Layout("same_directory", "in the same FlexVol, in a directory", "dir", entries=("image_clone",)),
    Layout("same_qtree", "in the same FlexVol, in a qtree", "qtree", entries=("image_clone",)),
    Layout("other_flexvol", "in another FlexVol of the SVM", "near", entries=("copy_offload",)),
    Layout(
        "secure_false",
        "in another FlexVol, both nas_secure options false",
        "near",
        entries=("copy_offload",),
        secure=False,
    ),
    Layout(
        "three_flexvols",
        "in one of three FlexVols",
        "dir",
        entries=("image_clone", "copy_offload", "copy_offload"),
        flexvols=3,
        instances=6,
    ),
    Layout(
        "twelve_flexvols",
        "in one of twelve FlexVols",
        "dir",
        entries=("image_clone", *["copy_offload"] * 11),
        flexvols=12,
        instances=12,
    ),
    Layout(
        "other_svm_unpeered",
        "in another SVM, not peered",
        "far",
        ours=ONCE,
        entries=("download",),
        peered=False,
    ),
    Layout(
        "other_svm_peered",
        "in another SVM, peered for file copy",
        "far",
        entries=("copy_offload",),
        peered=True,
    ),
    Layout("not_on_ontap", "on Glance's local disk", "fs", ours=ONCE, entries=("download",)),
    Layout(
        "qcow2",
        "in the same FlexVol, as qcow2",
        "dir",
        ours=ONCE,
        entries=("download",),
        disk_format="qcow2",
    ),
    Layout(
        "fills_up",
        "in another FlexVol; one of two FlexVols fills up while it is primed",
        "near",
        # Cinder still chooses the full FlexVol for a while. The collection begins nothing and says which one
        # lacks room; the stock driver downloads, and its volumes end in error.
        ours=NOTHING,
        stock=NOTHING,
        entries=("copy_offload", "copy_offload"),
        flexvols=2,
        event="fills_up",
    ),
    Layout(
        "image_deleted",
        "deleted between plan and prime",
        "near",
        ours=NOTHING,
        stock=NOTHING,
        entries=("copy_offload",),
        event="deleted",
    ),
)

# Those that say most in the least time; they also run on the lab of the checks.
TELLING = ("other_svm_peered", "qcow2")


def chosen(names) -> tuple[Layout, ...]:
    """The layouts of these names, all without names. Raises KeyError for an unknown one."""
    known = {layout.name: layout for layout in LAYOUTS}
    for name in names:
        known[name]
    return tuple(layout for layout in LAYOUTS if not names or layout.name in names)
