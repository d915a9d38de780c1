# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ONTAP systems of one task as a single thing to ask: what is where, and the few writes on cache
files.
"""

from __future__ import annotations

import socket

from ..failures import EnhancedInstanceError, NotFound
from ..ontap import bulk, files, qtrees, transfer, volumes
from ..ontap.client import OntapClient
from ..ontap.connection import Connection
from ..planner.facts import Entry
from ..planner.names import CACHE_PREFIX, STAGE_PREFIX, cache_entry_name, stage_name
from . import survey

# More images than these are looked for by the prefixes of their files, so that a URL stays short.
NAMED_IMAGES = 8
# What is asked of a file that may be an entry; without unique_bytes, which ONTAP has to count.
ENTRY_FIELDS = "name,path,type,size,owner_id,group_id,unix_permissions"
# What pruning asks for beside these.
USE_FIELDS = ENTRY_FIELDS + ",bytes_used,creation_time,changed_time,modified_time"
PREFIXES = (CACHE_PREFIX, STAGE_PREFIX, transfer.PREFIX)


class Arrays:
    """Every connection of the argument ``ontap``. ``requests`` counts what was sent to all of them."""

    # Reads under way at once: ONTAP's web service is shared with everybody else who asks it.
    READS = 8

    def __init__(self, params, report=None, resolve=None):
        self.clients = []
        for one in params or []:
            connection = Connection.from_params(one)
            self.clients.append((OntapClient(connection, report=report), one.get("vserver")))
        self._serving = {}
        self._resolve = resolve or addresses_of
        self._addresses = {}

    def __bool__(self):
        return bool(self.clients)

    @property
    def requests(self):
        return sum(client.requests for client, _svm in self.clients)

    def close(self):
        for client, _svm in self.clients:
            client.close()

    def survey(self, abilities=True):
        """What is where, and what each SVM can do: see survey.take."""
        taken, self._serving = survey.take(self.clients, abilities)
        return taken

    def homes_of(self, taken, host):
        """((cluster, SVM), ...) that serve an NFS host, given by name or address."""
        direct = taken.lifs.get(volumes.normal_address(host))
        if direct:
            return direct
        if host not in self._addresses:
            self._addresses[host] = self._resolve(host)
        found = {}
        for address in self._addresses[host]:
            found.update(dict.fromkeys(taken.lifs.get(volumes.normal_address(address), ())))
        return tuple(found)

    def root_files(self, flexvol, image_ids):
        """{name: Entry} of cache entries, staged files and unfinished copies of some images; one request."""
        wanted = {name for one in image_ids for name in (cache_entry_name(one), stage_name(one))}
        families = tuple(transfer.family(name) for name in wanted)
        if len(image_ids) <= NAMED_IMAGES:
            pattern = "|".join([*sorted(wanted), *(family + "*" for family in sorted(families))])
        else:
            pattern = "|".join(prefix + "*" for prefix in PREFIXES)
        listed = self._list(flexvol, pattern)
        return {name: entry for name, entry in listed if name in wanted or name.startswith(families)}

    def cache_files(self, flexvol):
        """All entries, staged files and unfinished copies in a FlexVol's root, by name; one request."""
        listed = self._list(flexvol, "|".join(prefix + "*" for prefix in PREFIXES), USE_FIELDS)
        return [entry for _name, entry in sorted(listed, key=lambda one: one[0])]

    def _list(self, flexvol, pattern, fields=ENTRY_FIELDS):
        listed = files.list_directory(self.client(flexvol), flexvol, "", pattern, fields)
        return [(one.name, _entry(one)) for one in listed if one.type == "file"]

    def look_at(self, flexvol, paths):
        """{path: Entry or None} of files in a FlexVol; at most two requests a directory, whatever their
        number.
        """
        found = files.lookup(self.client(flexvol), flexvol, paths, ENTRY_FIELDS)
        return {path: _entry(one) if one and one.type == "file" else None for path, one in found.items()}

    def header(self, flexvol, path, length):
        """The first bytes of a file; one request."""
        return files.read_file(self.client(flexvol), flexvol, path, 0, length)

    def qtrees_of(self, flexvols):
        """{FlexVol UUID: set of qtree names} of FlexVols; one request a connection."""
        by_client, found = {}, {}
        for flexvol in flexvols:
            by_client.setdefault(self.client(flexvol), []).append(flexvol)
        for client, some in by_client.items():
            found.update(qtrees.names_by_volume(client, some))
        return found

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
        # An account of the destination's SVM does not see the source's FlexVol.
        expected = files.file_info(self.client(source), source, path)
        if expected is None:
            raise NotFound(
                f"The file {path!r} is no longer in FlexVol {source.name}", client.host, "run the task again"
            )
        leftovers = files.list_directory(client, flexvol, "", transfer.family(destination) + "*")
        return transfer.safe_copy(
            client,
            transfer.End(source, path, self.client(source)),
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
        results = self.in_parallel(items, function, self.READS)
        for result in results:
            if isinstance(result, EnhancedInstanceError):
                raise result
        return results

    def delete(self, flexvol, path):
        return files.delete_file(self.client(flexvol), flexvol, path)

    def client(self, flexvol):
        """The connection that serves a FlexVol's SVM, else one to its cluster."""
        home = flexvol.cluster, flexvol.svm
        return self._serving.get(home) or self._serving[flexvol.cluster, None]


def addresses_of(host):
    """The addresses that a name has here; an unknown name has none."""
    try:
        return sorted({one[4][0] for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except OSError:
        return []


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
