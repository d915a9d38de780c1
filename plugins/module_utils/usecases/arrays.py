# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ONTAP systems of one task as a single thing to ask: what is where, and the few writes on cache
files.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from ..failures import EnhancedInstanceError, NotAuthorized, NotFound
from ..ontap import bulk, files, transfer, volumes
from ..ontap.client import OntapClient
from ..ontap.connection import Connection
from ..planner.facts import Engine, Entry, FlexVol
from ..planner.names import CACHE_PREFIX, STAGE_PREFIX, cache_entry_name, stage_name

# A copy inside the cluster by REST came with ONTAP 9.8.
FILE_COPY_SINCE = (9, 8)
# Reads under way at once: ONTAP's web service is shared with everybody else who asks it.
READS = 8


@dataclass(frozen=True)
class Survey:
    """FlexVols, the SVM behind each LIF address, and what each SVM can do."""

    volumes: tuple[FlexVol, ...] = ()
    lifs: dict = field(default_factory=dict)
    engines: dict = field(default_factory=dict)

    def volumes_of(self, cluster, svm):
        return [one for one in self.volumes if (one.cluster, one.svm) == (cluster, svm)]


class Arrays:
    """Every connection of the argument ``ontap``. ``requests`` counts what was sent to all of them."""

    def __init__(self, params, report=None, resolve=None):
        self.clients = []
        for one in params or []:
            connection = Connection.from_params(one)
            self.clients.append((OntapClient(connection, report=report), one.get("vserver")))
        self._by_cluster = {}
        self._resolve = resolve or addresses_of

    def __bool__(self):
        return bool(self.clients)

    @property
    def requests(self):
        return sum(client.requests for client, _svm in self.clients)

    def close(self):
        for client, _svm in self.clients:
            client.close()

    def survey(self):
        """What is where: four requests a connection, one more when it shows several SVMs."""
        found, lifs, engines = [], {}, {}
        for client, svm in self.clients:
            cluster, version = self._identity(client)
            self._by_cluster.setdefault(cluster, client)
            own = [_flexvol(cluster, one) for one in volumes.list_volumes(client, svm)]
            for one in own:
                self._by_cluster[cluster, one.svm] = client
            found.extend(own)
            for address, lif in volumes.lifs_by_address(client).items():
                if lif.svm:
                    lifs[address] = (cluster, lif.svm)
            svms = sorted({one.svm for one in own})
            peers = self._peers(client) if len(svms) > 1 else {}
            engines.update(_engines(client, cluster, svm, svms, version, peers))
        # A cluster that is named twice (two connections to its SVMs) shows its volumes once.
        unique = {(one.cluster, one.uuid): one for one in found}
        return Survey(tuple(unique.values()), lifs, engines)

    def svm_of(self, survey, host):
        """(cluster, SVM) that serves an NFS host, by name or address, or None."""
        for address in [host, *self._resolve(host)]:
            found = survey.lifs.get(volumes.normal_address(address))
            if found:
                return found
        return None

    def root_files(self, flexvol, image_ids):
        """{name: Entry} of cache entries, staged files and unfinished copies of some images; one request."""
        names = []
        for one in sorted(image_ids):
            names += [cache_entry_name(one), stage_name(one)]
            names += [transfer.family(name) + "*" for name in (cache_entry_name(one), stage_name(one))]
        listed = files.list_directory(self.client(flexvol), flexvol, "", "|".join(names))
        return {one.name: _entry(one) for one in listed if one.type == "file"}

    def cache_files(self, flexvol):
        """All entries, staged files and unfinished copies in a FlexVol's root, by name; one request."""
        pattern = "|".join(prefix + "*" for prefix in (CACHE_PREFIX, STAGE_PREFIX, transfer.PREFIX))
        listed = files.list_directory(self.client(flexvol), flexvol, "", pattern)
        return [_entry(one) for one in sorted(listed, key=lambda one: one.name) if one.type == "file"]

    def look(self, flexvol, path):
        """One file as an Entry, or None; one request."""
        found = files.file_info(self.client(flexvol), flexvol, path)
        return _entry(found) if found and found.type == "file" else None

    def being_written(self, flexvol, path):
        """Whether a copy job may be writing a file; two requests."""
        client = self.client(flexvol)
        found = files.file_info(client, flexvol, path)
        return found is not None and bool(transfer.writing(client, found))

    def usage(self, flexvol, path):
        """(used, unique) bytes of a file, or None when it is not there; one request."""
        found = files.file_info(self.client(flexvol), flexvol, path)
        return (found.bytes_used, found.unique_bytes) if found else None

    def clone(self, flexvol, source, destination, overwrite=False):
        return files.clone_file(self.client(flexvol), flexvol, source, destination, overwrite=overwrite)

    def copy(self, source, path, flexvol, destination, overwrite=False, max_throughput=0, timeout=3600):
        """Copy inside the cluster, by way of a temporary name, checked; leftovers of killed copies are
        removed.

        Asked of the connection that serves the destination's SVM, as ONTAP wants it (code 7012363).
        """
        client = self.client(flexvol)
        expected = files.file_info(client, source, path)
        if expected is None:
            raise NotFound(
                f"The file {path!r} is no longer in FlexVol {source.name}", client.host, "run the task again"
            )
        leftovers = files.list_directory(client, flexvol, "", transfer.family(destination) + "*")
        return transfer.safe_copy(
            client,
            transfer.End(source, path),
            transfer.End(flexvol, destination),
            expected,
            overwrite=overwrite,
            max_throughput=max_throughput,
            timeout=timeout,
            leftovers=leftovers,
        )

    def in_parallel(self, items, function, limit):
        """Results in the order of the items, a failure in place of a result; slower while ONTAP is busy."""
        return bulk.run_bounded(items, function, limit, [client for client, _svm in self.clients])

    def read_all(self, items, function):
        """Results in the order of the items, several at once; the first failure among them is raised."""
        results = self.in_parallel(items, function, READS)
        for result in results:
            if isinstance(result, EnhancedInstanceError):
                raise result
        return results

    def delete(self, flexvol, path):
        return files.delete_file(self.client(flexvol), flexvol, path)

    def client(self, flexvol):
        return self._by_cluster.get((flexvol.cluster, flexvol.svm)) or self._by_cluster[flexvol.cluster]

    def _identity(self, client):
        """(cluster UUID, version). An SVM's account may see neither: then the address stands for the
        cluster.
        """
        try:
            record = client.get("/cluster", {"fields": "uuid,version"})
        except NotAuthorized:
            return client.host, None
        version = record.get("version") or {}
        known = (int(version.get("generation") or 0), int(version.get("major") or 0))
        return record.get("uuid") or client.host, known if known > (0, 0) else None

    def _peers(self, client):
        """{svm: peers for file copy}, or None where the account may not see them."""
        try:
            records = client.collection("/svm/peers", {"fields": "svm.name,peer.svm.name,state,applications"})
        except EnhancedInstanceError as exc:
            if exc.status not in (403, 404, 405):
                raise
            return None
        peers = {}
        for record in records:
            if record.get("state") == "peered" and "file_copy" in (record.get("applications") or ()):
                one, other = record["svm"]["name"], record["peer"]["svm"]["name"]
                peers.setdefault(one, set()).add(other)
                peers.setdefault(other, set()).add(one)
        return peers


def addresses_of(host):
    """The addresses that a name has here; an unknown name has none."""
    try:
        return sorted({one[4][0] for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except OSError:
        return []


def _engines(client, cluster, svm, svms, version, peers):
    services = volumes.nfs_services(client, svm)
    old = version is not None and version < FILE_COPY_SINCE
    engines = {}
    for name in svms:
        service = services.get(name)
        engines[cluster, name] = Engine(
            cluster=cluster,
            svm=name,
            nfs=bool(service and service.enabled),
            vstorage=bool(service and service.vstorage),
            file_copy=not old,
            why_not=f"{client.host} runs ONTAP {version[0]}.{version[1]}, and file copy by REST came with "
            "9.8."
            if old
            else "",
            peers=None if peers is None else frozenset(peers.get(name, ())),
        )
    return engines


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


def _entry(info):
    return Entry(
        name=info.name,
        size=info.size,
        owner=info.owner_id,
        group=info.group_id,
        mode=info.mode,
        made=info.made,
        used=info.bytes_used,
    )
