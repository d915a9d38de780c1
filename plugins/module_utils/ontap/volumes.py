# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexVols, LIFs, NFS service and peering of SVMs: what is where, each in one request."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ..failures import AlreadyExists, NotFound, Refused, Unsupported
from . import jobs, svms
from .client import any_of

FIELDS = (
    "uuid,name,svm.name,svm.uuid,style,state,type,is_svm_root,nas.path,nas.security_style,nas.export_policy.name,"
    "space.size,space.available,space.used,autosize.mode,aggregates.name"
)


@dataclass(frozen=True)
class Volume:
    """A FlexVol (or FlexGroup, by ``style``). Sizes in bytes; ``junction`` is None when not mounted."""

    uuid: str
    name: str
    svm: str
    svm_uuid: str | None = None
    style: str = "flexvol"
    state: str = "online"
    type: str = "rw"
    is_svm_root: bool = False
    junction: str | None = None
    security_style: str | None = None
    export_policy: str | None = None
    size: int = 0
    available: int = 0
    used: int = 0
    autosize: str = "off"
    aggregates: tuple = ()

    def __str__(self):
        return f"{self.svm}:{self.name}"

    @classmethod
    def of_record(cls, record):
        """From a record of GET /storage/volumes."""
        nas = record.get("nas") or {}
        space = record.get("space") or {}
        svm = record.get("svm") or {}
        return cls(
            uuid=record["uuid"],
            name=record.get("name", ""),
            svm=svm.get("name", ""),
            svm_uuid=svm.get("uuid"),
            style=record.get("style") or "flexvol",
            state=record.get("state") or "online",
            type=record.get("type") or "rw",
            is_svm_root=bool(record.get("is_svm_root")),
            junction=nas.get("path") or None,
            security_style=nas.get("security_style"),
            export_policy=(nas.get("export_policy") or {}).get("name"),
            size=int(space.get("size") or 0),
            available=int(space.get("available") or 0),
            used=int(space.get("used") or 0),
            autosize=(record.get("autosize") or {}).get("mode") or "off",
            aggregates=tuple(a.get("name", "") for a in record.get("aggregates") or []),
        )


@dataclass(frozen=True)
class Lif:
    """An IP interface of an SVM (``svm`` is None for one of the cluster)."""

    address: str
    name: str
    svm: str | None
    up: bool
    services: tuple = ()


@dataclass(frozen=True)
class NfsService:
    """The NFS service of one SVM. ``vstorage`` is what copy offload by NFS clients needs."""

    svm: str
    enabled: bool
    v3: bool
    v40: bool
    v41: bool
    vstorage: bool


def list_volumes(client, svm=None, names=None, junctions=None):
    """The volumes of an SVM (or of all the account sees), by name or junction path when given: one
    request."""
    query = {"fields": FIELDS}
    if svm:
        query["svm.name"] = any_of([svm] if isinstance(svm, str) else svm)
    if names:
        query["name"] = any_of(names)
    if junctions:
        query["nas.path"] = any_of(junctions)
    return [Volume.of_record(record) for record in client.collection("/storage/volumes", query)]


def volumes_by_junction(client, svm=None):
    """``{(svm, junction path): Volume}`` of every mounted volume: one request."""
    return {(v.svm, v.junction): v for v in list_volumes(client, svm) if v.junction}


def find_volumes(client, wanted):
    """``{(svm, name): Volume}`` for pairs of SVM and volume name: one request for all of them.

    Raises NotFound that says whether the SVM or the volume is missing (one request more, only then), and
    Unsupported for a volume that is not online.
    """
    wanted = sorted(set(wanted))
    svms = sorted({svm for svm, name in wanted})
    names = sorted({name for svm, name in wanted})
    found = {(v.svm, v.name): v for v in list_volumes(client, svms, names)}
    for svm, name in wanted:
        volume = found.get((svm, name))
        if volume is None:
            raise _missing(client, svm, name)
        if volume.state != "online":
            raise Unsupported(
                f"The volume {name!r} of SVM {svm!r} is {volume.state}, and files need it online",
                client.host,
                "bring it online",
                code="917752",
            )
    return {pair: found[pair] for pair in wanted}


def find_volume(client, svm, name):
    """One volume, with the refusals of find_volumes."""
    return find_volumes(client, [(svm, name)])[(svm, name)]


def _missing(client, svm, name):
    svms.require(client, svm)
    return NotFound(
        f"The volume {name!r} does not exist in SVM {svm!r}",
        client.host,
        "name an existing FlexVol (its volume name, not its junction path)",
        code="917506",
    )


def list_lifs(client, addresses=None):
    """Every Lif (or those with these addresses): one request. IPv6 addresses come in their short form.

    One address may be there more than once, in IPspaces of their own.
    """
    query = {"fields": "ip.address,name,svm.name,state,enabled,services"}
    if addresses:
        query["ip.address"] = any_of(normal_address(address) for address in addresses)
    return [
        Lif(
            address=normal_address(record["ip"]["address"]),
            name=record.get("name", ""),
            svm=(record.get("svm") or {}).get("name"),
            up=record.get("state") == "up" and record.get("enabled") is not False,
            services=tuple(record.get("services") or ()),
        )
        for record in client.collection("/network/ip/interfaces", query)
        if (record.get("ip") or {}).get("address")
    ]


def lifs_by_address(client, addresses=None):
    """``{address: Lif}``: one request."""
    return {lif.address: lif for lif in list_lifs(client, addresses)}


def normal_address(address):
    """An address without brackets, IPv6 in its short form; a name stays as it is."""
    address = address.strip("[]")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address


def nfs_services(client, svm=None):
    """``{svm: NfsService}`` of the SVMs that have one: one request."""
    query = {
        "fields": "svm.name,enabled,state,vstorage_enabled,"
        "protocol.v3_enabled,protocol.v40_enabled,protocol.v41_enabled"
    }
    if svm:
        query["svm.name"] = any_of([svm] if isinstance(svm, str) else svm)
    services = {}
    for record in client.collection("/protocols/nfs/services", query):
        name = (record.get("svm") or {}).get("name", "")
        protocol = record.get("protocol") or {}
        services[name] = NfsService(
            svm=name,
            enabled=bool(record.get("enabled")) and record.get("state") in (None, "online"),
            v3=bool(protocol.get("v3_enabled")),
            v40=bool(protocol.get("v40_enabled")),
            v41=bool(protocol.get("v41_enabled")),
            vstorage=bool(record.get("vstorage_enabled")),
        )
    return services


def nfs_service(client, svm):
    """The NFS service of one SVM, or None: one request."""
    return nfs_services(client, svm).get(svm)


@dataclass(frozen=True)
class Peering:
    """Two SVMs of one cluster that know each other, and what for."""

    uuid: str
    svm: str
    peer: str
    state: str
    applications: tuple

    @property
    def copies_files(self):
        """Whether files may be copied between the two."""
        return self.state == "peered" and "file_copy" in self.applications


def peering(client, svm, peer):
    """The peering between two SVMs, seen from either side, or None: one request."""
    records = client.collection(
        "/svm/peers",
        {
            "fields": "uuid,svm.name,peer.svm.name,state,applications",
            "svm.name": any_of([svm, peer]),
            "peer.svm.name": any_of([svm, peer]),
        },
    )
    for record in records:
        pair = record["svm"]["name"], record["peer"]["svm"]["name"]
        if pair in ((svm, peer), (peer, svm)):
            return Peering(
                record["uuid"],
                pair[0],
                pair[1],
                record.get("state", ""),
                tuple(record.get("applications") or ()),
            )
    return None


def allow_file_copy(client, svm, peer, existing=None):
    """Peer two SVMs of one cluster with the application file_copy, or add it to a peering they have.

    False when another run was first with it. Two requests, and one or two more when ONTAP refuses: its code
    for a peering that is there already is not documented.
    """
    try:
        _allow(client, svm, peer, existing)
    except (AlreadyExists, NotFound, Refused):
        now = peering(client, svm, peer)
        if now is None or now == existing:
            raise
        if now.copies_files:
            return False
        _allow(client, svm, peer, now)
    return True


def _allow(client, svm, peer, existing):
    if existing is None:
        body = {"svm": {"name": svm}, "peer": {"svm": {"name": peer}}, "applications": ["file_copy"]}
        return jobs.submit(client, "POST", "/svm/peers", body)
    applications = sorted({*existing.applications, "file_copy"})
    return jobs.submit(client, "PATCH", f"/svm/peers/{existing.uuid}", {"applications": applications})
