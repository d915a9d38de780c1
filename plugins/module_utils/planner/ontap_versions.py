# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ONTAP version each feature needs, and what is lost below it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """``needed`` features are those without which nothing works; ``without`` is what is lost otherwise."""

    name: str
    since: tuple
    what: str
    without: str
    needed: bool = False


# Sources: ONTAP's REST reference ("introduced in"), the NetApp driver (client_cmode_rest.py), and
# netapp.ontap's tables of partially supported options.
FEATURES = (
    Feature(
        "driver_rest",
        (9, 11, 1),
        "the REST mode of Cinder's driver",
        "Cinder cannot manage this SVM by REST",
        True,
    ),
    Feature("file_clone", (9, 6), "cloning files by REST", "no image can be cloned", True),
    Feature("files", (9, 8), "looking at files by REST", "cache entries cannot be seen", True),
    Feature(
        "file_copy", (9, 8), "copying files by REST", "FlexVols without the image are filled by download"
    ),
    Feature(
        "access_words",
        (9, 11, 1),
        "roles with read_create and the like",
        "the account's role needs all in place of them",
    ),
    Feature(
        "snapshot_directory",
        (9, 13, 1),
        "hiding the snapshot directory by REST",
        "run 'volume modify -snapdir-access false' on the cluster",
    ),
    Feature(
        "flexgroup_clone",
        (9, 14, 1),
        "cloning files in a FlexGroup by REST",
        "a FlexGroup is filled by download",
    ),
    Feature("v42_switch", (9, 19, 1), "a switch of its own for NFS v4.2", "v4.2 is on and off with v4.1"),
)
BY_NAME = {feature.name: feature for feature in FEATURES}


def dotted(version) -> str:
    return ".".join(str(part) for part in version)


def has(version, name: str) -> bool:
    """Whether a version has a feature; an unreadable version is believed to have it."""
    return not version or tuple(version) >= BY_NAME[name].since


def missing(version, names=None) -> list[Feature]:
    """The features that a version lacks, of those named (or all)."""
    return [
        feature
        for feature in FEATURES
        if (names is None or feature.name in names) and not has(version, feature.name)
    ]


def sentence(version, feature: Feature) -> str:
    """What is missing, since when it is there, what that means, and the cure."""
    return (
        f"ONTAP is {dotted(version)}, and {feature.what} needs {dotted(feature.since)}: {feature.without}; "
        "upgrade the cluster"
    )
