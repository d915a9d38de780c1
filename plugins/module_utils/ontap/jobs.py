# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous work of ONTAP: from the answer that started it to its end.

A job's record lives 300 seconds after its end (netapp-ontap's Job); a record that is gone says nothing of
success.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..failures import NotAuthorized, NotFound, TimedOut, Unreachable
from . import errors
from .pace import Pace

ENDED = ("success", "failure")
#: Consecutive failed looks at a job that are put up with: the work goes on without us.
LOOKS = 3


@dataclass(frozen=True)
class Done:
    """Finished work. ``job_uuid`` is None when ONTAP needed no job; ``known`` is false when the record was
    gone."""

    job_uuid: str | None = None
    seconds: float = 0.0
    bytes: int | None = None
    known: bool = True


def submit(client, method, path, body=None, query=None, timeout=600, on_look=None):
    """Send a request and wait for its job, if it has one; returns Done.

    ``timeout`` is in seconds; ``on_look(record)`` is called at each look at a job that still runs, and
    returns the share of the work that is done, or None. Raises the job's failure with its code, or TimedOut
    with the job's UUID and last state.
    """
    started = client.clock()
    answer = client.request(method, path, query, body)
    job = answer.get("job") or {}
    if not job.get("uuid"):
        return Done(seconds=client.clock() - started)
    known = True
    if job.get("state") != "success":
        known = wait(client, job["uuid"], timeout, f"{method} /api{path}", on_look)
    return Done(job["uuid"], client.clock() - started, known=known)


def wait(client, uuid, timeout, purpose, on_look=None):
    """Wait for a job's success. True: it was seen; False: the record is gone, so nobody knows."""
    started = client.clock()
    where = f"job {uuid} of {purpose} at {client.host}"
    pace = Pace(client.clock)
    broken = 0
    record = {}
    while True:
        try:
            record = client.get(f"/cluster/jobs/{uuid}", {"fields": "state,message,code,error"})
            broken = 0
        except NotFound:
            return False
        except NotAuthorized as refusal:
            refusal.cure = "give the account's role the right readonly for /api/cluster/jobs"
            raise
        except Unreachable:
            broken += 1
            if broken > LOOKS:
                raise
        state = record.get("state")
        if state == "success":
            return True
        if state == "failure":
            error = record.get("error") or {}
            message = error.get("message") or record.get("message") or "the job failed without a message"
            raise errors.of_error(where, str(message).rstrip("."), error.get("code") or record.get("code"))
        if client.clock() - started > timeout:
            last = f"{state or 'unknown'}" + (f" ({record['message']})" if record.get("message") else "")
            raise TimedOut(
                f"The job has not ended within {timeout:.0f} seconds; its last state is {last}",
                where,
                "raise timeout",
            )
        client.sleep(pace.next(on_look(record) if on_look and state else None))


def running(client, description):
    """The jobs that are queued, running or paused and whose description contains a text: one request."""
    return client.collection(
        "/cluster/jobs",
        {
            "fields": "uuid,description,state,start_time",
            "state": "queued|running|paused",
            "description": f"*{description}*",
        },
    )
