# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and directories of a FlexVol. Paths are relative to its root; sizes are bytes.

Endpoints: /storage/volumes/{uuid}/files (ONTAP 9.8), /storage/file/clone (9.6), /storage/file/copy (9.8).
"""

from __future__ import annotations

import datetime
import posixpath
from dataclasses import asdict, dataclass

from ..failures import AlreadyExists, NotFound, Refused, WrongInput
from . import errors, jobs
from .client import escape

#: Named one by one: from 9.17 unique_bytes must be asked for by name.
FIELDS = (
    "name,path,type,size,bytes_used,unique_bytes,owner_id,group_id,unix_permissions,modified_time,changed_time,"
    "accessed_time,creation_time,inode_number,hard_links_count"
)
#: Fewer names than this in one directory are looked at one by one, more by one listing of the directory.
LISTING_FROM = 3
#: Bytes of the longest path that can be followed; the documentation of Azure NetApp Files ("Understand path
#: lengths"), which is ONTAP, tells it where ONTAP's own tells only that of one name.
LONGEST = 4096
#: Codes that say a file is not there, unlike those that say its FlexVol is not.
ABSENT = (errors.NO_SUCH_FILE, "4", None)
#: Seconds ONTAP may take over a clone before it answers with a running job; a clone takes milliseconds.
CLONE_RETURN_TIMEOUT = 15


@dataclass(frozen=True)
class FileInfo:
    """One entry of a FlexVol. ``mode`` is octal text such as "0660"; what ONTAP did not tell is None."""

    path: str
    name: str
    type: str = "file"
    size: int = 0
    bytes_used: int | None = None
    unique_bytes: int | None = None
    owner_id: int | None = None
    group_id: int | None = None
    mode: str | None = None
    modified_time: str | None = None
    changed_time: str | None = None
    accessed_time: str | None = None
    creation_time: str | None = None
    inode_number: int | None = None
    hard_links_count: int | None = None

    @property
    def made(self):
        """When it was last made or written, in seconds since the epoch, or None; never when it was read.

        Whether a clone gets a creation time of its own is not documented; its inode changes in any case.
        """
        times = [moment(text) for text in (self.creation_time, self.changed_time, self.modified_time)]
        return max((time for time in times if time is not None), default=None)

    def as_dict(self):
        """The fields as a module returns them."""
        return asdict(self)

    @classmethod
    def of_record(cls, record, path):
        """From a record of GET .../files, for the path it was asked for."""
        number = {
            key: int(record[key]) if record.get(key) is not None else None
            for key in (
                "bytes_used",
                "unique_bytes",
                "owner_id",
                "group_id",
                "inode_number",
                "hard_links_count",
            )
        }
        text = {
            key: record.get(key)
            for key in ("modified_time", "changed_time", "accessed_time", "creation_time")
        }
        mode = record.get("unix_permissions")
        return cls(
            path=path,
            name=posixpath.basename(path),
            type=record.get("type") or "file",
            size=int(record.get("size") or 0),
            mode=None if mode is None else str(mode).zfill(4),
            **number,
            **text,
        )


def moment(text):
    """A timestamp of ONTAP as seconds since the epoch, None when there is none."""
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except (AttributeError, ValueError):
        return None


def clean(path, purpose="path"):
    """A path relative to the root of a FlexVol, without a leading ``./``; raises WrongInput for any other
    form."""
    if path.startswith("/"):
        raise WrongInput(
            f"The {purpose} {path!r} is absolute, and paths are relative to the root of the FlexVol",
            cure=f"write {path.lstrip('/')!r}",
            code="917812",
        )
    while path.startswith("./"):
        path = path[2:]
    parts = path.split("/")
    if ".." in parts or "." in parts:
        raise WrongInput(
            f"The {purpose} {path!r} has a component . or .., which is not resolved",
            cure="write the path without it",
        )
    if "\0" in path:
        raise WrongInput(
            f"The {purpose} {path!r} has a NUL character, which no name may have", cure="write it without"
        )
    if "" in parts:
        raise WrongInput(
            f"The {purpose} {path!r} has an empty component, and it has to name one file or directory",
            cure="write it without a doubled or trailing slash",
        )
    if any(len(part.encode("utf-8")) > 255 for part in parts):
        raise WrongInput(
            f"The {purpose} {path!r} has a name of more than 255 bytes", cure="choose a shorter name"
        )
    if len(path.encode("utf-8")) > LONGEST:
        raise WrongInput(
            f"The {purpose} {path[:40]!r}... has more than {LONGEST} bytes, which no client can follow",
            cure="choose shorter names, or fewer directories",
        )
    return path


def in_snapshot(path):
    """Whether a clean path leads into a snapshot."""
    return path == ".snapshot" or path.startswith(".snapshot/")


def list_directory(client, volume, directory="", pattern=None, fields=FIELDS):
    """The entries of a directory ("" is the root of the FlexVol), without ``.`` and ``..``: one request.

    ``pattern`` is ONTAP's query on the name, with ``*`` and ``|``. Raises NotFound when there is no such
    directory.
    """
    query = {"fields": fields}
    if pattern:
        query["name"] = pattern
    entries = []
    for record in client.collection(_url(volume, directory), query):
        name = record.get("name") or ""
        if name not in ("", ".", ".."):
            entries.append(FileInfo.of_record(record, posixpath.join(directory, name)))
    return entries


def file_info(client, volume, path, fields=FIELDS):
    """One entry by its path, or None when it does not exist: one request."""
    try:
        body = client.get(_url(volume, path), {"return_metadata": True, "fields": fields})
    except NotFound as absent:
        if absent.code not in ABSENT:
            raise
        return None
    record = body["records"][0] if body.get("records") else body
    return FileInfo.of_record(record, path)


def read_file(client, volume, path, offset, length):
    """Some bytes of a file, at most 1 MB: one request."""
    return client.read(_url(volume, path), {"byte_offset": offset, "length": length})


def write_file(client, volume, path, data):
    """A new file with these bytes, at most 1 MB: one request. It belongs to root; an existing one is
    refused."""
    client.upload(_url(volume, path), {}, data)


def lookup(client, volume, paths, fields=FIELDS):
    """``{path: FileInfo or None}`` for many paths of one FlexVol.

    At most two requests per directory, however many paths it has: a directory is listed once, and one or two
    names in it are looked at alone. A directory that does not exist has no entries.
    """
    groups = {}
    for path in dict.fromkeys(paths):
        groups.setdefault(posixpath.dirname(path), []).append(path)
    found = {}
    for directory, members in groups.items():
        if len(members) < LISTING_FROM:
            for path in members:
                found[path] = file_info(client, volume, path, fields)
            continue
        try:
            entries = {
                entry.path: entry for entry in list_directory(client, volume, directory, fields=fields)
            }
        except (NotFound, Refused) as refusal:
            if not is_no_directory(client, volume, directory, refusal):
                raise
            entries = {}
        for path in members:
            found[path] = entries.get(path)
    return found


def is_no_directory(client, volume, path, refusal):
    """Whether a listing was refused because the path is missing or a file; its code for a file is not
    documented."""
    if isinstance(refusal, NotFound):
        return refusal.code in ABSENT
    info = file_info(client, volume, path)
    return info is not None and info.type != "directory"


def clone_file(client, volume, source, destination, overwrite=False, autodelete=None, timeout=600):
    """FlexClone a file within its FlexVol; returns jobs.Done. Needs no time for the data, whatever the size.

    ``source`` may lie in ``.snapshot/<name>/``. An existing destination raises, unless ``overwrite``. Busy
    answers are retried up to the client's ``retry_total``. Two requests.
    """
    body = {
        "volume": {"name": volume.name, "uuid": volume.uuid},
        "source_path": f"./{source}" if in_snapshot(source) else source,
        "destination_path": destination,
    }
    if overwrite:
        body["overwrite_destination"] = True
    if autodelete is not None:
        body["autodelete"] = autodelete
    query = {"return_timeout": CLONE_RETURN_TIMEOUT}
    done = client.retry(lambda: jobs.submit(client, "POST", "/storage/file/clone", body, query, timeout))
    if not done.known and file_info(client, volume, destination) is None:
        raise Refused(
            f"The clone {destination!r} is not there, and the record of its job {done.job_uuid} is gone",
            client.host,
            "run the task again",
        )
    return done


def copy_file(
    client,
    source_volume,
    source,
    volume,
    destination,
    max_throughput=0,
    timeout=3600,
    on_look=None,
    name_svm=True,
):
    """Copy a file inside the cluster to exactly ``destination`` and return jobs.Done when its job has ended.

    ``max_throughput`` is in bytes per second, 0 for no limit. The caller sees to it that the destination is a
    name of its own (what ONTAP does with an existing one is not documented), and checks the result: see
    transfer.py. ``name_svm`` false leaves the SVMs out, as the upstream Cinder driver does.
    """
    ends = {"source": _end(source_volume, source), "destination": _end(volume, destination)}
    if not name_svm:
        for end in ends.values():
            del end["svm"]
    body = {"files_to_copy": [ends]}
    if max_throughput:
        body["max_throughput"] = max_throughput
    return client.retry(
        lambda: jobs.submit(client, "POST", "/storage/file/copy", body, None, timeout, on_look)
    )


def rename_file(client, volume, path, new_path):
    """Rename within a FlexVol. What happens to an existing ``new_path`` is not documented: check before."""
    return jobs.submit(client, "PATCH", _url(volume, path), {"path": new_path})


def delete_file(client, volume, path, recurse=False):
    """Delete a file or directory; False when it was not there. ``recurse`` also deletes what a directory
    holds."""
    query = {"return_timeout": 15}
    if recurse:
        query["recurse"] = True
    try:
        jobs.submit(client, "DELETE", _url(volume, path), query=query)
    except NotFound as absent:
        if absent.code not in ABSENT:
            raise
        return False
    return True


def make_directory(client, volume, path, mode="0755"):
    """Make one directory; its parent exists. False when it was there already."""
    body = {"type": "directory", "unix_permissions": f"{int(mode, 8):o}"}
    try:
        client.post(_url(volume, path), body)
    except AlreadyExists:
        return False
    return True


def _end(volume, path):
    return {"svm": {"name": volume.svm}, "volume": {"name": volume.name, "uuid": volume.uuid}, "path": path}


def _url(volume, path):
    base = f"/storage/volumes/{volume.uuid}/files"
    return f"{base}/{escape(path)}" if path else base
