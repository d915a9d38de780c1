# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ONTAP can copy a file from one FlexVol to another, and what would allow it.

The codes are those of POST /storage/file/copy, so that what an operator finds in ONTAP's log can be found
here.
"""

from __future__ import annotations

from collections.abc import Mapping

from .facts import Engine, FlexVol, Image
from .sizes import human

Engines = Mapping[tuple[str, str], Engine]


def obstacle(image: Image, source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    """``(reason, cure)`` of the first thing that forbids the copy, None when nothing known does."""
    return (
        _no_room(image, target)
        or _other_cluster(source, target, engines)
        or _flexgroup(source)
        or _trouble(source, target)
        or _engine(source, target, engines)
        or _peering(source, target, engines)
    )


def caveat(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    """``(reason, cure)`` of what could not be found out and may still forbid the copy."""
    engine = engines.get((target.cluster, target.svm))
    if source.svm != target.svm and engine is not None and engine.peers is None:
        return (
            f"The account of SVM {target.svm} may not read SVM peers, so whether files may be copied from "
            f"SVM {source.svm} shows only when it is tried (codes 7013360 and 7013361 say no).",
            f"Give the account of SVM {target.svm} readonly access to /api/svm/peers.",
        )
    return None


def _no_room(image: Image, target: FlexVol) -> tuple[str, str] | None:
    need = image.size if image.is_raw else image.virtual_size
    if need is None or target.available is None or target.available >= need:
        return None
    return (
        f"FlexVol {target.name} has {human(target.available)} free and the image needs {human(need)}.",
        f"Enlarge FlexVol {target.name}.",
    )


def _other_cluster(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    if source.cluster == target.cluster:
        return None
    for flexvol in (target, source):
        engine = engines.get((flexvol.cluster, flexvol.svm))
        if engine is not None and not engine.cluster_known:
            return (
                f"The account of SVM {flexvol.svm} may not read which cluster it is on, so it is not known "
                f"whether FlexVols {source.name} and {target.name} are in one cluster, as a copy needs it.",
                f"Give the account of SVM {flexvol.svm} readonly access to /api/cluster, or connect to the "
                "cluster's own management address.",
            )
    return (
        f"FlexVol {source.name} is in another cluster than {target.name}: ONTAP copies files only inside one "
        "cluster (code 7012365).",
        "Put a Glance store, or a first volume, into this cluster.",
    )


def _flexgroup(source: FlexVol) -> tuple[str, str] | None:
    if source.style == "flexvol":
        return None
    return (
        f"FlexVol {source.name} is a FlexGroup, from which ONTAP copies no files (code 13107223).",
        "Use a FlexVol for Glance.",
    )


def _trouble(source: FlexVol, target: FlexVol) -> tuple[str, str] | None:
    for flexvol in (target, source):
        if flexvol.trouble:
            return flexvol.trouble, flexvol.trouble_cure
    return None


def _engine(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
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
    return None


def _peering(source: FlexVol, target: FlexVol, engines: Engines) -> tuple[str, str] | None:
    if source.svm == target.svm:
        return None
    engine = engines[target.cluster, target.svm]
    if engine.peers is None or source.svm in engine.peers:
        return None
    lacks = engine.peers_unready.get(source.svm)
    if lacks:
        return (
            f"The peering of SVM {target.svm} with SVM {source.svm} {lacks}.",
            f"Mend it: vserver peer modify -vserver {target.svm} -peer-vserver {source.svm} "
            "-applications file-copy (add those that it has); where it is pending, vserver peer accept.",
        )
    return (
        f"SVM {source.svm} and SVM {target.svm} are not peered for file copy (code 7013361).",
        f"Peer them: vserver peer create -vserver {target.svm} -peer-vserver {source.svm} -applications "
        "file-copy (role ontap_svm does it).",
    )
