# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge "official netapp-ontap library": one case per covered endpoint.

Each case creates a resource, fetches it, lists it with a query, modifies and deletes it through the library's
class, and compares every field name in our answers with the library's schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from marshmallow import fields as marshmallow_fields
from netapp_ontap import resources

# Fields that clients ask for though the library does not know them (facts B9)
UNDOCUMENTED = {
    "is_all_flash_optimized",
    "is_all_flash_select_optimized",
    "is_capacity_optimized",
    "is_performance_optimized",
}


def unknown_fields(schema, record, prefix=""):
    """Names in a record that the library's schema does not have."""
    known = {item.data_key or name: item for name, item in schema.fields.items()}
    found = []
    for name, value in record.items():
        if name == "_links" or name in UNDOCUMENTED:
            continue
        if name not in known:
            found.append(prefix + name)
            continue
        item = known[name]
        if isinstance(item, marshmallow_fields.List):
            item = item.inner
        values = value if isinstance(value, list) else [value]
        nested = getattr(item, "schema", None)
        for element in values:
            if nested is not None and isinstance(element, dict):
                found += unknown_fields(nested, element, f"{prefix}{name}.")
    return sorted(set(found))


@dataclass
class Case:
    """How to work on one endpoint through the library."""

    path: str
    resource: type
    create: dict | None = None
    modify: dict | None = None
    query: dict = field(default_factory=dict)
    parents: tuple = ()  # names of fixtures' values for the class's positional arguments
    keys: tuple = ("uuid",)


SVM = {"name": "svm1"}
PROGRAM = [{"application": "http", "authentication_methods": ["password"]}]
CASES = [
    Case("/cluster/nodes", resources.Node, query={"name": "sim-01"}),
    Case("/storage/aggregates", resources.Aggregate, query={"name": "aggr1"}),
    Case("/storage/disks", resources.Disk, query={"name": "aggr1.0.1"}, keys=("name",)),
    Case(
        "/cluster/licensing/licenses", resources.LicensePackage, query={"name": "flexclone"}, keys=("name",)
    ),
    Case("/storage/snapshot-policies", resources.SnapshotPolicy, query={"name": "default"}),
    Case("/snapmirror/relationships", resources.SnapmirrorRelationship),
    Case("/network/fc/interfaces", resources.FcInterface),
    Case("/protocols/san/iscsi/credentials", resources.IscsiCredentials),
    Case("/cluster/counter/tables", resources.CounterTable, query={"name": "wafl"}, keys=("name",)),
    Case(
        "/cluster/counter/tables/{counter_table.name}/rows",
        resources.CounterRow,
        query={"id": "sim-01:wafl"},
        parents=("wafl",),
        keys=("id",),
    ),
    Case(
        "/storage/file/clone/split-status",
        resources.SplitStatus,
        query={"volume.name": "vol1"},
        keys=("volume.uuid",),
    ),
    Case(
        "/svm/svms",
        resources.Svm,
        {"name": "library", "aggregates": [{"name": "aggr1"}]},
        {"comment": "changed"},
    ),
    Case(
        "/svm/peers",
        resources.SvmPeer,
        {"svm": SVM, "peer": {"svm": {"name": "svm2"}}, "applications": ["file_copy"]},
        {"applications": ["file_copy", "lun_copy"]},
    ),
    Case(
        "/network/ip/interfaces",
        resources.IpInterface,
        {
            "name": "library",
            "svm": SVM,
            "ip": {"address": "127.8.8.8", "netmask": "255.255.0.0"},
            "location": {"home_node": {"name": "sim-01"}},
        },
        {"enabled": False},
    ),
    Case(
        "/storage/volumes",
        resources.Volume,
        {"name": "library", "svm": SVM, "aggregates": [{"name": "aggr1"}], "size": 100 << 20},
        {"size": 200 << 20},
    ),
    Case(
        "/storage/volumes/{volume.uuid}/snapshots",
        resources.Snapshot,
        {"name": "library"},
        {"comment": "changed"},
        parents=("volume",),
    ),
    Case(
        "/storage/qtrees",
        resources.Qtree,
        {"name": "library", "svm": SVM, "volume": {"name": "vol1"}},
        {"unix_permissions": 700},
        keys=("volume.uuid", "id"),
    ),
    Case(
        "/protocols/nfs/services",
        resources.NfsService,
        {"svm": {"name": "svm2"}},
        {"vstorage_enabled": True},
        query={"svm.name": "svm2"},
        keys=("svm.uuid",),
    ),
    Case(
        "/protocols/nfs/export-policies",
        resources.ExportPolicy,
        {"name": "library", "svm": SVM},
        {"name": "library2"},
        keys=("id",),
    ),
    Case(
        "/protocols/nfs/export-policies/{policy.id}/rules",
        resources.ExportRule,
        {"clients": [{"match": "127.7.7.7"}], "ro_rule": ["any"], "rw_rule": ["any"]},
        {"rw_rule": ["never"]},
        query={"clients.match": "127.7.7.7"},
        parents=("policy",),
        keys=("index",),
    ),
    Case(
        "/storage/qos/policies",
        resources.QosPolicy,
        {"name": "library", "svm": SVM, "fixed": {"max_throughput_iops": 9}},
        {"fixed": {"max_throughput_iops": 10}},
    ),
    Case(
        "/storage/luns",
        resources.Lun,
        {"name": "/vol/vol1/library", "svm": SVM, "os_type": "linux", "space": {"size": 1 << 20}},
        {"comment": "changed"},
    ),
    Case(
        "/protocols/san/iscsi/services",
        resources.IscsiService,
        {"svm": SVM},
        {"enabled": False},
        query={"svm.name": "svm1"},
        keys=("svm.uuid",),
    ),
    Case(
        "/protocols/san/igroups",
        resources.Igroup,
        {"name": "library", "svm": SVM, "os_type": "linux", "protocol": "iscsi"},
        {"comment": "changed"},
    ),
    Case(
        "/protocols/san/igroups/{igroup.uuid}/initiators",
        resources.IgroupInitiator,
        {"name": "iqn.1994-05.com.redhat:library"},
        parents=("igroup",),
        keys=("name",),
    ),
    Case(
        "/protocols/san/lun-maps",
        resources.LunMap,
        {"svm": SVM, "lun": {"name": "/vol/vol1/mapped"}, "igroup": {"name": "mapped"}},
        query={"lun.name": "/vol/vol1/mapped"},
        keys=("igroup.uuid", "lun.uuid"),
    ),
    Case(
        "/security/accounts",
        resources.Account,
        {"name": "library", "applications": PROGRAM, "password": "Secret0815", "role": {"name": "readonly"}},
        {"role": {"name": "admin"}},
        keys=("owner.uuid", "name"),
    ),
    Case(
        "/security/roles",
        resources.Role,
        {"name": "library", "privileges": [{"path": "/api/cluster", "access": "readonly"}]},
        keys=("owner.uuid", "name"),
    ),
    Case(
        "/security/roles/{owner.uuid}/{role.name}/privileges",
        resources.RolePrivilege,
        {"path": "/api/storage/volumes", "access": "readonly"},
        {"access": "all"},
        parents=("cluster", "limited"),
        keys=("path",),
    ),
]
# judged by tests of their own in test_judge_library.py: they are no collections
SINGLE = [
    "/cluster",
    "/cluster/jobs",
    "/storage/file/clone",
    "/storage/file/copy",
    "/storage/volumes/{volume.uuid}/files",
    "/support/ems/application-logs",
]
