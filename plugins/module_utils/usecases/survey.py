# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is where on the ONTAP systems of a task: FlexVols, LIFs, and what each SVM can do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from ..failures import EnhancedInstanceError, NotAuthorized
from ..ontap import nodes, volumes
from ..planner.facts import Engine, FlexVol
from ..planner.shares import nearest_junction

# A copy inside the cluster by REST came with ONTAP 9.8.
FILE_COPY_SINCE = (9, 8)


@dataclass(frozen=True)
class Survey:
    """FlexVols, the SVMs behind each LIF address (one address may serve several, in IPspaces or clusters of
    their own), and what each SVM can do.
    """

    volumes: tuple[FlexVol, ...] = ()
    lifs: dict = field(default_factory=dict)  # address -> tuple of (cluster, SVM)
    engines: dict = field(default_factory=dict)  # (cluster, SVM) -> Engine

    @cached_property
    def junctions(self):
        """{(cluster, SVM): {junction path: FlexVol}}."""
        found = {}
        for one in self.volumes:
            if one.junction:
                found.setdefault((one.cluster, one.svm), {})[one.junction] = one
        return found

    def mounted_at(self, home, path):
        """The FlexVol whose junction is exactly this path, or None."""
        return self.junctions.get(home, {}).get(path)

    def entered_last(self, home, path):
        """(FlexVol, path inside it) that an NFS path of an SVM leads to, or None."""
        return nearest_junction(path, self.junctions.get(home, {}))


@dataclass(frozen=True)
class Cluster:
    """Who a connection speaks to. ``version`` is None, and ``known`` False, where the account may not read
    it.
    """

    id: str
    version: tuple | None = None
    known: bool = True


def take(connections, abilities=True):
    """(Survey, {(cluster, SVM): client}) over ``[(client, SVM or None)]``.

    Three requests a connection say what is where: cluster, FlexVols, LIFs; an account of Cinder's driver may
    read these. ``abilities`` takes two more: NFS services and nodes; and one more each when several SVMs are
    seen (their peering), and when a node is in takeover or giveback (its aggregates).
    """
    found, lifs, services, clients, clusters = {}, {}, {}, {}, {}
    for client, svm in connections:
        cluster = identity(client)
        own = _flexvols(client, svm, cluster, abilities)
        for flexvol in own:
            clients[flexvol.cluster, flexvol.svm] = client
            clusters[flexvol.cluster, flexvol.svm] = cluster
            # A cluster that is named twice (two connections to its SVMs) shows its volumes once.
            found[flexvol.uuid] = flexvol
        clients.setdefault((cluster.id, None), client)
        for lif in volumes.list_lifs(client):
            if lif.svm:
                lifs.setdefault(lif.address, {})[cluster.id, lif.svm] = None
        for name, service in volumes.nfs_services(client, svm).items() if abilities else ():
            services[cluster.id, name] = service
    lifs = {address: tuple(homes) for address, homes in lifs.items()}
    if not abilities:
        return Survey(tuple(found.values()), lifs), clients
    several = len(clusters) > 1
    peers = {client: peering(client) if several else {} for client in set(clients.values())}
    engines = {
        home: _engine(home, cluster, services.get(home), peers[clients[home]], clients[home])
        for home, cluster in clusters.items()
    }
    return Survey(tuple(found.values()), lifs, engines), clients


def identity(client):
    """The Cluster behind a connection. An SVM's account may not see it: then the address stands for it."""
    try:
        record = client.get("/cluster", {"fields": "uuid,version"})
    except NotAuthorized:
        return Cluster(client.host, known=False)
    version = record.get("version") or {}
    read = (int(version.get("generation") or 0), int(version.get("major") or 0))
    uuid = record.get("uuid")
    return Cluster(uuid or client.host, read if read > (0, 0) else None, bool(uuid))


def _flexvols(client, svm, cluster, abilities):
    own = [(one, _flexvol(cluster.id, one)) for one in volumes.list_volumes(client, svm)]
    unsettled = nodes.unsettled(client) if abilities else {}
    if not unsettled:
        return [flexvol for _volume, flexvol in own]
    try:
        served = nodes.nodes_of_aggregates(client)
    except NotAuthorized:
        # Then any FlexVol may be on those nodes.
        served = {name: tuple(unsettled) for volume, _flexvol in own for name in volume.aggregates}
    return [_with_trouble(volume, flexvol, served, unsettled) for volume, flexvol in own]


def _with_trouble(volume, flexvol, served, unsettled):
    for aggregate in volume.aggregates:
        for name in served.get(aggregate, ()):
            if name in unsettled:
                return replace(
                    flexvol,
                    trouble=f"Node {name} of FlexVol {flexvol.name} {unsettled[name].what}, and ONTAP's "
                    "copies can fail during takeover and giveback.",
                    trouble_cure=f"Wait until node {name} serves its own aggregates again (storage "
                    "failover show, storage failover giveback), then plan again.",
                )
    return flexvol


def peering(client):
    """{SVM: {peer: what its peering lacks for copying files, or empty}}, or None where the account may not
    read it; one request.
    """
    try:
        records = client.collection("/svm/peers", {"fields": "svm.name,peer.svm.name,state,applications"})
    except EnhancedInstanceError as exc:
        if exc.status not in (403, 404, 405):
            raise
        return None
    found = {}
    for record in records:
        lacks = ""
        if record.get("state") != "peered":
            lacks = f"is {record.get('state')} (code 7012362)"
        elif "file_copy" not in (record.get("applications") or ()):
            lacks = "lacks the application file_copy (code 7013360)"
        one, other = record["svm"]["name"], record["peer"]["svm"]["name"]
        found.setdefault(one, {})[other] = lacks
        found.setdefault(other, {}).setdefault(one, lacks)
    return found


def _engine(home, cluster, service, peers, client):
    old = cluster.version is not None and cluster.version < FILE_COPY_SINCE
    mine = None if peers is None else peers.get(home[1], {})
    return Engine(
        cluster=home[0],
        svm=home[1],
        nfs=bool(service and service.enabled),
        vstorage=bool(service and service.vstorage),
        file_copy=not old,
        why_not=f"{client.host} runs ONTAP {cluster.version[0]}.{cluster.version[1]}, and file copy by "
        "REST came with 9.8."
        if old
        else "",
        peers=None if mine is None else frozenset(name for name, lacks in mine.items() if not lacks),
        peers_unready={name: lacks for name, lacks in (mine or {}).items() if lacks},
        cluster_known=cluster.known,
    )


def _flexvol(cluster, volume):
    return FlexVol(
        cluster=cluster,
        svm=volume.svm,
        name=volume.name,
        uuid=volume.uuid,
        junction=volume.junction,
        available=volume.available,
        size=volume.size,
        style=volume.style,
        state=volume.state,
    )
