# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ONTAP can copy a file from one FlexVol to another, and what would allow it."""

from __future__ import annotations

from collections.abc import Mapping

from .facts import Engine, FlexVol

Engines = Mapping[tuple[str, str], Engine]


def obstacle(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    """``(reason, cure)`` of the first thing that forbids the copy, None when nothing known does."""
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
