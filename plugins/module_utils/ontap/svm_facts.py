# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that enhanced creation needs to know of one SVM, as ONTAP's own records: one request per kind.

Every read over one connection, so that a second deployment costs one module call for an SVM.
"""

from __future__ import annotations

from ..failures import NotAuthorized, Unsupported
from . import files, svms, volumes
from .client import literal

VOLUME_FIELDS = (
    "name,uuid,state,style,type,space.size,space.snapshot.reserve_percent,nas.path,nas.export_policy.name,nas.uid,"
    "nas.gid,nas.unix_permissions,nas.security_style,guarantee.type,snapshot_policy.name,autosize,efficiency.state,"
    "snapshot_directory_access_enabled"
)
RULE_FIELDS = ",".join(
    f"rules.{name}"
    for name in ("index", "clients", "protocols", "ro_rule", "rw_rule", "superuser", "anonymous_user")
)
#: What is read only when it is asked for: endpoint, fields, and the name of the SVM in a query.
OPTIONAL = {
    "nfs": (
        "/protocols/nfs/services",
        "svm.name,enabled,state,vstorage_enabled,protocol.v3_enabled,protocol.v40_enabled,protocol.v41_enabled",
    ),
    "iscsi": ("/protocols/san/iscsi/services", "svm.name,enabled,target.name"),
    "qtrees": ("/storage/qtrees", "name,id,volume.name,export_policy.name,unix_permissions,security_style"),
    "peers": ("/svm/peers", "uuid,svm.name,peer.svm.name,state,applications"),
}
SINGLE = ("nfs", "iscsi")


def read(client, svm, gather=("nfs",), directories=()):
    """``{version, volumes, policies, interfaces, directories, unreadable}`` and what ``gather`` names.

    ``directories`` are pairs of FlexVol and path; their values are the type of what is there, or None. What
    the account may not read is empty, and its path stands in ``unreadable``. Requests: four, one for each of
    ``gather`` (two for peers, with the cluster's name) and of ``directories``; one more where no volume is
    seen, to tell an SVM without volumes from one that is not there, which raises NotFound.
    """
    unreadable = []
    named = literal(svm)

    def records(path, query):
        try:
            return client.collection(path, query)
        except NotAuthorized:
            unreadable.append(f"/api{path}")
            return []

    seen = records("/storage/volumes", {"svm.name": named, "fields": VOLUME_FIELDS})
    if not seen:
        try:
            svms.require(client, svm)
        except NotAuthorized:
            unreadable.append("/api/svm/svms")
    found = {
        "version": list(client.version or ()),
        "volumes": seen,
        "policies": records(
            "/protocols/nfs/export-policies",
            {"svm.name": named, "fields": f"name,id,{RULE_FIELDS}"},
        ),
        "interfaces": records(
            "/network/ip/interfaces",
            {"svm.name": named, "fields": "name,ip.address,svm.name,state,enabled,services"},
        ),
    }
    for name in gather:
        path, fields = OPTIONAL[name]
        kept = records(path, {"svm.name": named, "fields": fields})
        found[name] = (kept[0] if kept else None) if name in SINGLE else kept
    if "peers" in gather:
        found["cluster"] = client.get("/cluster", {"fields": "name"}).get("name")
    found["directories"] = _directories(client, svm, found["volumes"], directories, unreadable)
    found["unreadable"] = unreadable
    return found


def _directories(client, svm, records, wanted, unreadable):
    """``{"flexvol/path": type or None}``; a FlexVol that is not there has no directories."""
    online = {
        record["name"]: volumes.Volume.of_record({**record, "svm": {"name": svm}})
        for record in records
        if record.get("state", "online") == "online"
    }
    found = {}
    for name, path in wanted:
        info = None
        if name in online:
            try:
                info = files.file_info(client, online[name], files.clean(path), fields="name,type")
            except (NotAuthorized, Unsupported):
                unreadable.append("/api/storage/volumes/*/files")
        found[f"{name}/{path}"] = info.type if info else None
    return found
