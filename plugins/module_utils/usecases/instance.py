# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance on its way, and its record in the results."""

from __future__ import annotations

# States on the way; the names of the first three say what the instance waits for.
QUEUED, VOLUME, SERVER, DONE, FAILED = "queued", "volume", "server", "done", "failed"


class Instance:
    """Changed by one thread at a time: a worker while it has a call under way, the loop otherwise."""

    def __init__(self, name, step):
        self.name = name
        self.step = step
        self.state = QUEUED
        self.volume_id = step.volume.id if step.volume else None
        self.server_id = step.server.id if step.server else None
        self.volume = None  # the last record that a poll brought
        self.own = None  # ID of the volume that this run made
        self.refused = None  # Nova's answer to a server, until the next poll tells why
        self.taken_since = None  # when its volume was seen in another run's hands
        self.surplus = {one.id for one in step.surplus}  # volumes to be deleted on the way
        self.deletable = set()  # those of them that Cinder would delete now
        self.busy = False  # a call for it is under way
        self.last_status = ""
        self.started = None
        self.volume_seconds = None
        self.seconds = None
        self.changed = False
        self.failure = None
        self.path = self.pool = self.why = None
        self.evidence = None

    @property
    def ended(self):
        return self.state in (DONE, FAILED)

    def finish(self, now):
        self.state = DONE
        if self.started is not None:
            self.seconds = round(now - self.started, 1)

    def fail(self, failure):
        self.state, self.failure = FAILED, failure

    def record(self):
        found = {
            "name": self.name,
            "id": self.server_id,
            "volume_id": self.volume_id,
            "pool": self.pool,
            "path": self.path,
            "seconds": self.seconds,
            "why": self.why,
            "evidence": self.evidence,
            "action": self.step.action,
            "mismatches": [one.record() for one in self.step.differences],
            "changed": self.changed,
            "failed": self.failure is not None,
            "failure": self.failure.as_dict() if self.failure else None,
        }
        if self.failure:
            found["msg"] = self.failure.sentence
        return found
