# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy that nobody can catch half-done: temporary name, check, publication; leftovers of killed runs
removed.

The temporary file ``eic-copy-<destination>-<source>-<run>`` (two short hashes and a random part) lies beside
the destination. It never begins with img-cache, so Cinder does not take it for an entry of its image cache.
It becomes the destination by FlexClone, which refuses an existing name, and is deleted then.
"""

from __future__ import annotations

import hashlib
import posixpath
import random
import secrets
from dataclasses import dataclass, replace

from ..failures import (
    AlreadyExists,
    EnhancedInstanceError,
    NotAuthorized,
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
    Unsupported,
)
from . import files, jobs
from .client import silent

PREFIX = "eic-copy-"
#: A leftover without a copy job is given up when nothing of it has changed for so many seconds. Nothing
#: changes either while a living run compares and publishes it, which takes long when ONTAP is busy.
QUIET = 15
#: Seconds between two lines of progress of one copy.
PROGRESS = 2
#: Seconds by which the start of a job may seem to be later than the creation of its file.
SLACK = 5
#: Bytes of one block that is compared.
BLOCK = 4096
COPY_JOB = "storage/file/copy"


@dataclass(frozen=True)
class End:
    """One side of a copy: a Volume and a clean path in it.

    ``client`` reads it where the connection that copies does not see it: the account of one SVM is asked to
    copy from another.
    """

    volume: object
    path: str
    client: object = None

    def __str__(self):
        return f"{self.volume}/{self.path}"


@dataclass(frozen=True)
class Published:
    """The end of a safe copy. ``copied`` is false when another run had published the same file meanwhile."""

    done: jobs.Done
    copied: bool = True
    removed: tuple = ()


def family(destination):
    """What the temporary names for one destination path begin with, whatever the source."""
    return f"{PREFIX}{_short(posixpath.basename(destination))}-"


def temporary(source, destination):
    """A temporary path of this run for a copy."""
    name = f"{family(destination.path)}{_short(str(source))}-{secrets.token_hex(4)}"
    return posixpath.join(posixpath.dirname(destination.path), name)


def safe_copy(
    client,
    source,
    destination,
    expected,
    overwrite=False,
    max_throughput=0,
    timeout=3600,
    leftovers=(),
    samples=0,
):
    """Copy ``source`` to ``destination`` (both End) so that the final name only ever has the whole content.

    ``expected`` is the source's FileInfo, ``leftovers`` the FileInfos beside the destination that begin with
    family(): they are waited for while they are being written, and removed. Returns Published; raises with
    the destination untouched. Each leftover, and the copy, may take ``timeout`` seconds. ``samples``
    blocks are compared.
    """
    started = client.clock()
    removed = remove(client, destination.volume, leftovers, timeout)
    if leftovers and not overwrite and _published(client, destination, expected):
        return Published(jobs.Done(), False, removed)
    path = temporary(source, destination)
    done = None
    try:
        done = files.copy_file(
            client,
            source.volume,
            source.path,
            destination.volume,
            path,
            max_throughput,
            timeout,
            _progress(client, destination, path, expected.size),
        )
        check(client, source, expected, destination, path)
        compare(client, source, destination, path, expected.size, samples)
        copied = publish(client, destination, path, expected, overwrite)
    except (TimedOut, Unreachable) as lost:  # the job may go on: leave it its file
        lost.cure = f"{lost.cure}; the next run waits for what still goes on into {path!r}, and removes it"
        raise
    except EnhancedInstanceError as failure:
        if _forget(client, destination.volume, path):
            raise
        # Another run took the file for a leftover. That run copies, or has copied, to the same destination.
        if not overwrite and _published(client, destination, expected):
            return Published(jobs.Done(), False, removed)
        if done is not None and isinstance(failure, NotFound):
            raise _taken(client, destination, path) from failure
        raise
    files.delete_file(client, destination.volume, path)
    return Published(replace(done, bytes=expected.size, seconds=client.clock() - started), copied, removed)


def check(client, source, expected, destination, path):
    """Raise unless the temporary file is whole: size as the source's, and the source as it was before."""
    copied = files.file_info(client, destination.volume, path)
    if copied is None or copied.size != expected.size:
        size = "is missing" if copied is None else f"has {copied.size} bytes"
        raise Refused(
            f"The copy of {source} {size}, not {expected.size} bytes, though its job ended well",
            client.host,
            "run the task again; nothing was published",
        )
    now = files.file_info(source.client or client, source.volume, source.path)
    if now is None or (now.size, now.modified_time) != (expected.size, expected.modified_time):
        raise Refused(
            f"The source {source} changed while it was copied",
            client.host,
            "copy it while nothing writes to it; nothing was published",
        )


def compare(client, source, destination, path, size, samples):
    """Raise unless some blocks of source and copy are equal: the first, the last, and others by chance.

    Two requests for each. An account that may not read data gets no comparison.
    """
    for offset in offsets(size, samples):
        try:
            ours = files.read_file(source.client or client, source.volume, source.path, offset, BLOCK)
            theirs = files.read_file(client, destination.volume, path, offset, BLOCK)
        except NotAuthorized:
            client.report(f"{destination}: not compared, the account may not read file data")
            return
        if ours != theirs:
            raise Refused(
                f"The copy of {source} differs from it at byte {offset}, though its job ended well",
                client.host,
                "run the task again; nothing was published",
            )


def offsets(size, samples):
    """Where the blocks to compare begin."""
    last = max(0, (size - 1) // BLOCK)
    chosen = {0, last} | {random.randint(0, last) for _number in range(max(0, samples - 2))}
    return [block * BLOCK for block in sorted(chosen)][: samples if size else 0]


def publish(client, destination, path, expected, overwrite):
    """Give the checked temporary file its final name; False when another run did so first.

    The look before is for clusters where a clone might replace an existing file unasked, which is not
    documented.
    """
    if not overwrite and _published(client, destination, expected):
        return False
    try:
        files.clone_file(client, destination.volume, path, destination.path, overwrite=overwrite)
        return True
    except (AlreadyExists, Refused):
        if overwrite or not _published(client, destination, expected):
            raise
        return False
    except (Unsupported, NotAuthorized):
        # No FlexClone for this account or licence: rename, where nothing is overwritten.
        if overwrite and files.file_info(client, destination.volume, destination.path) is not None:
            raise
        files.rename_file(client, destination.volume, path, destination.path)
        return True


def _published(client, destination, expected):
    """Whether somebody else made the destination meanwhile; raises when it has another size."""
    there = files.file_info(client, destination.volume, destination.path)
    if there is not None and there.size != expected.size:
        raise AlreadyExists(
            f"Meanwhile somebody else made {destination} with {there.size} bytes, not {expected.size}",
            client.host,
            "look at that file; with overwrite it is replaced",
        )
    return there is not None


def remove(client, volume, leftovers, timeout):
    """settle() for each; the paths of those that were removed here."""
    return tuple(one.path for one in leftovers if settle(client, volume, one, timeout))


def settle(client, volume, leftover, timeout):
    """Remove a temporary file of another run, but not under a copy that still writes to it; False when it
    went by itself.

    It is left to its run while a copy job that may be its own is under way, or while it changes; a run that
    is alive publishes it then and removes it itself. Raises TimedOut when it is still written to
    after ``timeout`` seconds.
    """
    started = client.clock()
    mark, since = None, started
    while True:
        now = files.file_info(client, volume, leftover.path)
        if now is None:
            return False
        writers = writing(client, leftover)
        seen = (now.size, now.bytes_used, now.modified_time)
        if writers or seen != mark:
            mark, since = seen, client.clock()
            if since - started > timeout:
                busy = (
                    f"job {writers[0].get('uuid')} is {writers[0].get('state')}"
                    if writers
                    else "it keeps changing"
                )
                raise TimedOut(
                    f"The file {leftover.path!r} in {volume} of another run is still being written ({busy})",
                    client.host,
                    "run the task again when that copy has ended",
                )
        elif client.clock() - since >= QUIET:
            return files.delete_file(client, volume, leftover.path)
        client.report(f"waiting for an earlier copy into {volume}/{leftover.path}")
        client.sleep(1)


def writing(client, leftover):
    """The copy jobs under way that may be writing a temporary file: those that were started before it was
    made."""
    try:
        running = jobs.running(client, COPY_JOB)
    except NotAuthorized:
        return []
    created = files.moment(leftover.creation_time)
    return [
        job
        for job in running
        if created is None
        or files.moment(job.get("start_time")) is None
        or files.moment(job["start_time"]) <= created + SLACK
    ]


def _forget(client, volume, path):
    """Delete a temporary file, False when it was gone; what prevents it must not hide the failure that is
    being told."""
    try:
        return files.delete_file(client, volume, path)
    except EnhancedInstanceError as failure:
        client.report(f"the temporary file {path!r} in {volume} could not be removed: {failure.sentence}")
        return True


def _taken(client, destination, path):
    return NotFound(
        f"The unfinished copy {path!r} for {destination} was removed by another run",
        client.host,
        "run the task again: it waits for that run",
    )


def _progress(client, destination, path, size):
    """For looks at the job: tells, and returns, how far the copy is; None when nobody listens."""
    if client.report is silent:
        return None
    last = [client.clock()]

    def look(record):
        if client.clock() - last[0] < PROGRESS:
            return None
        last[0] = client.clock()
        now = files.file_info(client, destination.volume, path, fields="size,bytes_used")
        written = (now.bytes_used if now.bytes_used is not None else now.size) if now else 0
        percent = min(100, written * 100 // size) if size else 100
        client.report(f"{destination}: {written // 2**20} MiB of {size // 2**20} MiB ({percent} %)")
        return written / size if 0 < written < size else None

    return look


def _short(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:10]
