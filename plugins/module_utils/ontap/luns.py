# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs of one SVM: listing, clone within a FlexVol, copy between FlexVols (ONTAP 9.10.1), rename, delete.

Names are whole, /vol/<volume>[/<qtree>]/<lun>. Sizes are bytes. A copied LUN is visible before its data is
there: its ``copy`` state says when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..failures import NotFound, Refused, TimedOut, Unreachable, WrongInput
from . import errors, jobs
from .client import any_of, literal
from .pace import Pace

FIELDS = (
    "uuid,name,os_type,space.size,space.used,space.guarantee.requested,location.volume.name,"
    "copy.source.name,copy.source.progress"
)
NAME = re.compile(r"^/vol/([^/]+)/(?:[^/]+/){0,3}[^/]+$")
#: Most bytes of one component of a name, as in any file system of ONTAP.
LONGEST = 255
#: States of a copy that is not at its end (netapp-ontap, LunCopySourceProgress).
UNDER_WAY = ("preparing", "replicating", "paused")
BROKEN = ("paused_error", "reverting", "failed")


@dataclass(frozen=True)
class Lun:
    """A LUN. ``copy_state`` is None when it is not the destination of a copy that is under way or ended
    lately."""

    uuid: str
    name: str
    size: int = 0
    used: int | None = None
    reserved: bool | None = None
    copy_source: str | None = None
    copy_state: str | None = None
    copy_percent: int | None = None
    copy_failure: tuple = (None, None)

    @classmethod
    def of_record(cls, record):
        """From a record of GET /storage/luns."""
        space = record.get("space") or {}
        source = (record.get("copy") or {}).get("source") or {}
        progress = source.get("progress") or {}
        failure = progress.get("failure") or {}
        percent = progress.get("percent_complete")
        return cls(
            uuid=record["uuid"],
            name=record.get("name", ""),
            size=int(space.get("size") or 0),
            used=None if space.get("used") is None else int(space["used"]),
            reserved=(space.get("guarantee") or {}).get("requested"),
            copy_source=source.get("name"),
            copy_state=progress.get("state"),
            copy_percent=None if percent is None else int(percent),
            copy_failure=(failure.get("message"), failure.get("code")),
        )

    @property
    def takes(self):
        """Bytes that it takes of its FlexVol: what it uses, where ONTAP tells, else its size."""
        return self.size if self.used is None else self.used


def volume_of(name, purpose):
    """The FlexVol in a LUN's name; raises WrongInput for another form."""
    found = NAME.match(name)
    parts = name.split("/")
    if not found or "." in parts or ".." in parts or "\0" in name:
        raise WrongInput(
            f"The {purpose} {name!r} is not the name of a LUN",
            cure="write it whole, as /vol/VOLUME/LUN or /vol/VOLUME/QTREE/LUN",
        )
    if any(len(part.encode("utf-8")) > LONGEST for part in parts):
        raise WrongInput(
            f"The {purpose} {name!r} has a component of more than {LONGEST} bytes",
            cure="choose a shorter name",
        )
    return found.group(1)


def in_snapshot(name):
    """Whether a LUN's name leads into a snapshot."""
    return "/.snapshot/" in name


def list_luns(client, svm, volumes):
    """``{name: Lun}`` of the LUNs in some FlexVols: one request."""
    query = {"fields": FIELDS, "svm.name": literal(svm), "location.volume.name": any_of(volumes)}
    return {record["name"]: Lun.of_record(record) for record in client.collection("/storage/luns", query)}


def get_lun(client, uuid):
    """One LUN by its UUID: one request."""
    return Lun.of_record(client.get(f"/storage/luns/{uuid}", {"fields": FIELDS}))


def find_lun(client, svm, name):
    """One LUN by its name, or None: one request."""
    return list_luns(client, svm, [volume_of(name, "name")]).get(name)


def clone_lun(client, svm, source, destination, reserved=None, timeout=600):
    """FlexClone a LUN within its FlexVol; an existing destination raises AlreadyExists."""
    body = {"svm": {"name": svm}, "name": destination, "clone": {"source": {"name": source}}}
    if reserved is not None:
        body["space"] = {"guarantee": {"requested": reserved}}
    return client.retry(lambda: jobs.submit(client, "POST", "/storage/luns", body, None, timeout))


def start_copy(client, svm, source, destination, max_throughput=0, timeout=600):
    """Start to copy a LUN to another FlexVol of the SVM; the data follows, see wait_copied()."""
    origin = {"name": source}
    if max_throughput:
        origin["max_throughput"] = max_throughput
    body = {"svm": {"name": svm}, "name": destination, "copy": {"source": origin}}
    return client.retry(lambda: jobs.submit(client, "POST", "/storage/luns", body, None, timeout))


def wait_copied(client, lun, timeout):
    """Wait until the data of a copied LUN is there; returns the Lun, by then perhaps under another name.

    Raises when the copy broke, or TimedOut. A few lost looks in a row are put up with, as at a job: the copy
    goes on without us.
    """
    started = client.clock()
    pace = Pace(client.clock, 0.2)
    lost = 0
    while lun.copy_state not in (None, "complete"):
        if lun.copy_state in BROKEN:
            message, code = lun.copy_failure
            raise errors.of_error(
                f"copy of {lun.copy_source} to {lun.name} at {client.host}",
                message or f"the copy is in state {lun.copy_state}",
                code,
            )
        if client.clock() - started > timeout:
            raise TimedOut(
                f"The copy of {lun.copy_source} to {lun.name} has not ended within {timeout:.0f} seconds, "
                f"it is {lun.copy_state} at {lun.copy_percent or 0} %",
                client.host,
                "raise timeout, or run the task again: it waits for the rest",
            )
        client.report(f"{lun.name}: {lun.copy_percent or 0} %, {lun.copy_state}")
        client.sleep(pace.next((lun.copy_percent or 0) / 100))
        try:
            lun = get_lun(client, lun.uuid)
            lost = 0
        except Unreachable:
            lost += 1
            if lost > jobs.LOOKS:
                raise
    return lun


def set_reserved(client, lun, reserved):
    """Reserve the space of a LUN, or make it thin."""
    client.patch(f"/storage/luns/{lun.uuid}", {"space": {"guarantee": {"requested": reserved}}})


def resize_lun(client, lun, size):
    """Enlarge a LUN to ``size`` bytes."""
    client.patch(f"/storage/luns/{lun.uuid}", {"space": {"size": size}})


def rename_lun(client, lun, name):
    """Rename within a FlexVol; an existing name raises AlreadyExists (1254196)."""
    jobs.submit(client, "PATCH", f"/storage/luns/{lun.uuid}", {"name": name})


def delete_lun(client, lun):
    """Delete an unmapped LUN."""
    jobs.submit(client, "DELETE", f"/storage/luns/{lun.uuid}", query={"return_timeout": 15})


def delete_still_named(client, lun):
    """Delete an unfinished LUN, unless a fresh look shows that it is gone or has another name by now.

    Another run may have given it its final name, under the same UUID. False when it was not deleted. Two
    requests.
    """
    try:
        if get_lun(client, lun.uuid).name != lun.name:
            return False
        delete_lun(client, lun)
    except NotFound:
        return False
    return True


def check_size(client, lun, size):
    """Raise unless a LUN has the size in bytes that was expected."""
    if lun.size != size:
        raise Refused(
            f"The copy {lun.name} has {lun.size} bytes, not {size}, though ONTAP calls it complete",
            client.host,
            "run the task again; nothing was published",
        )
