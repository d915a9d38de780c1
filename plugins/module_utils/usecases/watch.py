# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The polls: one list request for the volumes of all instances, one for their servers.

Each poll yields ``(instance, act)`` for what moved: the name of a call (``server``, ``tidy``), a failure, or
None for an instance that is ready.
"""

from __future__ import annotations

import datetime
import time

from ..failures import AlreadyExists, NotFound, Refused, TimedOut
from ..openstack import servers, volumes
from ..planner import election
from ..planner import instance_step as steps
from . import evidence
from .boot_facts import volume_fact
from .instance import QUEUED, SERVER, VOLUME

# The controller's clock may be so many seconds ahead of Cinder's and Nova's; a clock that is further ahead
# costs a few polls, after which everything is listed.
CLOCK_MARGIN = 600
EARLIEST = "1970-01-01T00:00:00"
# Lists in which a server may be missing, until they are doubted.
DOUBT = 3
# Clocks of Nova's own hosts may differ by so many seconds.
NOVA_MARGIN = 30
FORMAT = "%Y-%m-%dT%H:%M:%S"
# Seconds in which the server of a volume that another run has taken must show up.
PATIENCE = 60
READY = ("ACTIVE", "SHUTOFF")
GONE = ("DELETED", "SOFT_DELETED")


class Watch:
    def __init__(self, cloud, watched, order, clock):
        self.cloud, self.order, self.clock = cloud, order, clock
        self._lists = watched or cloud
        self._project = cloud.project_id if watched else None
        self._marked = {}  # name -> Volumes in the last list
        self._seen = {}  # volume ID -> when it was first seen
        self._missed = {}  # ID of a volume or server -> lists in which it was not
        self._servers = {}  # server ID -> what the last list that held it said
        self._listed_since = ""  # with what time the last list of volumes was asked for

    def start(self, waiting):
        self._changed_since = _iso(time.time() - CLOCK_MARGIN)
        now = self.clock()
        for one in waiting:
            if one.volume_id:
                self._seen[one.volume_id] = now
        adopted = [one.step.volume.created_at for one in waiting if one.step.volume]
        self._made_since = min([self._changed_since, *(text.partition(".")[0] for text in adopted if text)])

    def rival(self, one):
        """The volume that another run made for this name meanwhile, or None."""
        chosen = election.elect(self._marked.get(one.name, ()))
        return chosen if chosen is not None and chosen.id != one.volume_id else None

    def volumes(self, waiting):
        """Yields what moved among instances that wait for a volume or for a deletion."""
        idle = [one for one in waiting if not one.busy and not one.ended]
        if not any(one.state == VOLUME or one.surplus for one in idle):
            return
        asked, self._listed_since = self.clock(), self._made_since
        records = volumes.list_of_image(
            self._lists, self.order.plan.image.id, self._listed_since, self._project
        )
        now = self.clock()
        by_id = {record["id"]: record for record in records}
        self._marked = {}
        for record in records:
            self._seen.setdefault(record["id"], now)
            if record["id"] not in self.order.settled:
                fact = volume_fact(record)
                self._marked.setdefault(fact.marked_name, []).append(fact)
        for one in idle:
            if one.state == VOLUME:
                yield from self._volume(one, by_id, asked)
            if one.state != QUEUED and one.surplus and not one.busy and not one.ended:
                yield from self._surplus(one, by_id)

    def _volume(self, one, by_id, asked):
        chosen = election.elect(self._marked.get(one.name, ()))
        if chosen is not None and chosen.id != one.volume_id:
            self._yield_to(one, chosen)
        record = by_id.get(one.volume_id)
        if record is None:
            yield from self._missing(one)
            return
        one.volume, one.last_status = record, record.get("status", "")
        if one.last_status.startswith("error"):
            yield one, self._in_error(one)
        elif one.last_status == "available":
            if one.refused is not None:
                yield one, one.refused
            elif asked - self._seen[one.volume_id] >= election.SETTLE:
                one.volume_seconds = round(self.clock() - one.started, 1)
                yield one, "server"
        elif volume_fact(record).taken:
            # Another run gave it to a server of this name.
            evidence.recall(one, record.get("metadata"))
            one.state, one.taken_since = SERVER, self.clock()

    def _yield_to(self, one, chosen):
        """Another run's volume was chosen: ours goes as soon as Cinder can delete it."""
        if one.own is not None and one.own == one.volume_id:
            one.surplus.add(one.own)
            one.changed = one.step.action == steps.REPLACE
        one.volume_id, one.refused = chosen.id, None

    def _missing(self, one):
        """A list right after the create may come from a database that lags; two of them do not. They may
        begin too late by Cinder's clock, so whole lists have the last word.
        """
        missed = self._missed[one.volume_id] = self._missed.get(one.volume_id, 0) + 1
        if missed > 1 and self._listed_since != EARLIEST:
            self._made_since, self._missed[one.volume_id] = EARLIEST, 0
        elif missed > 1:
            yield (
                one,
                NotFound(
                    f"Volume {one.volume_id} of {one.name} was deleted while it was waited for",
                    "Cinder",
                    "run again; it is made anew",
                ),
            )

    def _surplus(self, one, by_id):
        one.surplus &= set(by_id)
        one.deletable = {volume for volume in one.surplus if election.deletable(volume_fact(by_id[volume]))}
        if one.deletable:
            yield one, "tidy"

    def _in_error(self, one):
        said = volumes.why_error(self.cloud, one.volume_id)
        cure = "read cinder-volume's log; "
        if volume_fact(one.volume).holds_data:
            cure += "the volume holds what its guest wrote: " + steps.mending(one.volume_id)
        else:
            cure += "the next run replaces the volume"
        return Refused(
            f"Volume {one.volume_id} of {one.name} is in {one.last_status}" + (f": {said}" if said else ""),
            "Cinder",
            cure,
        )

    def servers(self, waiting):
        """Yields what moved among instances that wait for a server."""
        idle = [one for one in waiting if one.state == SERVER and not one.busy]
        for one in [one for one in idle if one.step.action == steps.TIDY]:
            if not one.surplus:
                one.last_status = one.step.server.status
                yield one, None
        idle = [one for one in idle if one.step.action != steps.TIDY]
        if not idle:
            return
        # What a list has told once it need not tell again: the next one brings what changed after it.
        for record in servers.list_changed(self.cloud, self._changed_since):
            self._servers[record["id"]] = record
            self._changed_since = max(self._changed_since or "", _earlier(record.get("updated") or ""))
        named = {}
        for record in self._servers.values():
            named.setdefault(record["name"], []).append(record)
        for one in idle:
            yield from self._server(one, named.get(one.name, ()))

    def _server(self, one, records):
        # What changed since a time includes what was deleted, now or later (reclaim_instance_interval).
        alive = [record for record in records if record.get("status") not in GONE]
        if one.server_id is None:
            if not alive:
                yield from self._no_server(one)
                return
            one.server_id = min(alive, key=lambda record: (record.get("created", ""), record["id"]))["id"]
        record = next((record for record in records if record["id"] == one.server_id), None)
        if record is None:
            missed = self._missed[one.server_id] = self._missed.get(one.server_id, 0) + 1
            if missed % DOUBT == 0:
                self._changed_since = None
            return
        one.last_status = record.get("status", "")
        if one.last_status in ("ERROR", *GONE):
            yield one, self._broken(one, record)
        elif len(alive) > 1:
            yield one, self._twice(one, alive)
        elif one.last_status in READY and not one.surplus:
            yield one, None

    def _no_server(self, one):
        if self.clock() - one.taken_since > PATIENCE:
            yield (
                one,
                one.refused
                or TimedOut(
                    f"Volume {one.volume_id}, marked for {one.name}, is {one.last_status}, and no server "
                    f"of that name came within {PATIENCE} s",
                    cure="reset the volume's state (openstack volume set --state available) and run again",
                ),
            )

    @staticmethod
    def _broken(one, record):
        said = (record.get("fault") or {}).get("message", "")
        return Refused(
            f"Server {one.name} ({one.server_id}) is in {one.last_status}" + (f": {said}" if said else ""),
            "Nova",
            "read nova-compute's log, remove it (state absent) and run again",
        )

    @staticmethod
    def _twice(one, alive):
        found = ", ".join(sorted(record["id"] for record in alive))
        return AlreadyExists(
            f"{len(alive)} servers are called {one.name} now, because something else made one at the same "
            f"moment: {found}",
            "Nova",
            "delete or rename all but one",
        )


def _iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(FORMAT)


def _earlier(text):
    """The time before which all changes were in the list that holds this one; Nova's clocks may differ."""
    try:
        found = datetime.datetime.strptime(text, FORMAT + "Z")
    except ValueError:
        return ""
    return (found - datetime.timedelta(seconds=NOVA_MARGIN)).strftime(FORMAT)
