# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster in memory behind a requests session, with a record of requests.

It is no judge of what ONTAP does (the lab's simulator is): it answers in the documented shapes, and a test
says what it should refuse.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
from urllib.parse import parse_qsl, unquote

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.client import (
    OntapClient,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.connection import (
    Connection,
)


class Answer:
    """What the client needs of a requests.Response."""

    def __init__(self, status, body=None, headers=None):
        self.status_code = status
        self.content = (
            b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        )
        self.headers = headers or {}

    def json(self):
        """The decoded body."""
        return json.loads(self.content)


def error(status, code, message, headers=None):
    """An error answer."""
    return Answer(status, {"error": {"code": str(code), "message": message}}, headers)


class FakeOntap:
    """SVMs with volumes with files.

    ``script`` is a list of (method, path part, Answer or exception); each is used once, in place of the
    answer.
    """

    def __init__(self, version=(9, 14, 1)):
        self.version = version
        self.volumes = {}
        self.svms = ["svm_a", "svm_b"]
        self.peers = []
        self.jobs = {}
        self.luns = {}
        self.qtrees = {}
        self.snapshots = {}
        self.data = {}
        self.copy_looks = 0
        self.calls = []
        self.script = []
        self.job_polls = 0
        self.numbers = itertools.count(1)
        self.now = 0.0
        self.licences = [{"name": "nfs", "state": "compliant"}, {"name": "flexclone", "state": "compliant"}]

    def add_volume(self, svm, name, **more):
        """A FlexVol; its files are at volumes[name]["files"]."""
        record = {
            "uuid": f"uuid-{name}",
            "name": name,
            "svm": {"name": svm, "uuid": f"uuid-{svm}"},
            "style": "flexvol",
            "state": "online",
            "type": "rw",
            "nas": {"path": f"/{name}"},
            "space": {"size": 10**12, "available": 10**12, "used": 0},
            **more,
        }
        self.volumes[name] = {"record": record, "files": {"": {"type": "directory"}}}
        return self.volumes[name]["files"]

    def add_file(self, volume, path, size=4096, **more):
        """A file with its directories."""
        files = self.volumes[volume]["files"]
        parts = path.split("/")[:-1]
        for depth in range(len(parts)):
            files.setdefault("/".join(parts[: depth + 1]), {"type": "directory"})
        files[path] = {
            "type": "file",
            "size": size,
            "bytes_used": size,
            "modified_time": "2026-01-01T00:00:00Z",
        }
        files[path].update(more)

    def files(self, volume):
        """The names of plain files."""
        return sorted(
            path for path, entry in self.volumes[volume]["files"].items() if entry["type"] == "file"
        )

    def client(self, **more):
        """A client of this cluster, with a clock that only sleep() moves."""
        client = OntapClient(
            Connection(hostname="fake", username="admin", password="secret"),
            sleep=self.sleep,
            clock=lambda: self.now,
            **more,
        )
        self.prepare_request, self.proxies = client._session.prepare_request, {}
        client._session = self
        return client

    def sleep(self, seconds):
        """Let time pass."""
        self.now += seconds

    def close(self):
        """As a session."""

    def send(self, request, **kwargs):
        """As a session."""
        method, target = request.method, request.url.split("/api", 1)[1]
        path, _mark, query = target.partition("?")
        params = dict(parse_qsl(query, keep_blank_values=True))
        body = json.loads(request.body) if request.body else None
        self.calls.append((method, path, params, body))
        for number, (wanted, part, answer) in enumerate(self.script):
            if wanted == method and part in target:
                del self.script[number]
                if isinstance(answer, Exception):
                    raise answer
                return answer() if callable(answer) else answer
        return self.answer(method, path, params, body)

    def count(self, method, part=""):
        """How many requests of a method were sent to paths with a part."""
        return sum(1 for called, path, *_rest in self.calls if called == method and part in path)

    def answer(self, method, path, query, body):
        """Route a request."""
        if path == "/cluster":
            generation, major, minor = self.version
            return Answer(200, {"version": {"generation": generation, "major": major, "minor": minor}})
        if path == "/cluster/licensing/licenses":
            return self.records(self.licences)
        if path == "/storage/volumes":
            names = query.get("name", "*").split("|")
            svms = query.get("svm.name", "*").split("|")
            return self.records(
                volume["record"]
                for name, volume in self.volumes.items()
                if (names == ["*"] or name in names)
                and (svms == ["*"] or volume["record"]["svm"]["name"] in svms)
            )
        if path == "/svm/svms":
            return self.records({"name": name} for name in self.svms)
        if path.startswith("/svm/peers"):
            return self.peering(method, path, body)
        if path.startswith("/cluster/jobs/"):
            return self.job(path.rsplit("/", 1)[1])
        if path == "/cluster/jobs":
            return self.records(
                job for job in self.jobs.values() if job["state"] in ("queued", "running", "paused")
            )
        if path == "/storage/file/clone":
            return self.clone(body)
        if path == "/storage/file/copy":
            return self.copy(body)
        if path.startswith("/storage/luns"):
            return self.lun(method, path.partition("/storage/luns/")[2], query, body)
        if path == "/storage/qtrees":
            return self.records(
                {"name": name, "volume": {"uuid": f"uuid-{volume}"}}
                for volume, names in self.qtrees.items()
                for name in ["", *names]
                if f"uuid-{volume}" in query["volume.uuid"].split("|")
            )
        if path.endswith("/snapshots"):
            return self.records({"name": name} for name in self.snapshots.get(path.split("/")[3][5:], []))
        if "/files" in path:
            uuid, _slash, name = path[len("/storage/volumes/") :].partition("/files")
            volume = next(v for v in self.volumes.values() if v["record"]["uuid"] == uuid)
            return self.file(method, volume["files"], unquote(name[1:]), query, body)
        return error(404, 3, "API not found")

    @staticmethod
    def records(records):
        """A collection."""
        records = list(records)
        return Answer(200, {"records": records, "num_records": len(records)})

    def start(self, state="success", message="success", code=0, **more):
        """The 202 answer with a job that is in this state."""
        uuid = f"job-{next(self.numbers)}"
        self.jobs[uuid] = {"uuid": uuid, "state": state, "message": message, "code": code, **more}
        return Answer(202, {"job": {"uuid": uuid}})

    def job(self, uuid):
        """A job's record; ``then`` is called at the look that ends it."""
        job = self.jobs.get(uuid)
        if job is None:
            return error(404, 4, "entry doesn't exist")
        if job.get("looks"):
            job["looks"] -= 1
            if not job["looks"]:
                job["state"] = job.pop("ends", "success")
        return Answer(200, {key: value for key, value in job.items() if key not in ("looks", "ends")})

    def peering(self, method, path, body):
        """SVM peers."""
        if method == "GET":
            return self.records(self.peers)
        if method == "POST":
            self.peers.append({"uuid": "peer-1", "state": "peered", **body})
        else:
            self.peers[0].update(body)
        return self.start()

    def clone(self, body):
        """A FlexClone."""
        files = next(v for v in self.volumes.values() if v["record"]["uuid"] == body["volume"]["uuid"])[
            "files"
        ]
        source = body["source_path"].removeprefix("./")
        destination = body["destination_path"]
        if source not in files:
            return error(400, 917864, "Failed to get the file handle")
        if destination in files and not body.get("overwrite_destination"):
            return error(400, 13565952, "Clone start failed: destination exists")
        files[destination] = {**files[source]}
        return self.start()

    def copy(self, body):
        """A copy that is done at once."""
        for one in body["files_to_copy"]:
            source, destination = (
                self.volumes[one[end]["volume"]["name"]]["files"] for end in ("source", "destination")
            )
            destination[one["destination"]["path"]] = {
                **source[one["source"]["path"]],
                "creation_time": "2026-01-01T00:00:00Z",
            }
        return self.start()

    def add_lun(self, name, size=2**30, **more):
        """A LUN."""
        uuid = f"lun-{next(self.numbers)}"
        self.luns[uuid] = {
            "uuid": uuid,
            "name": name,
            "space": {"size": size, "guarantee": {"requested": True}},
            "location": {"volume": {"name": name.split("/")[2]}},
            **more,
        }
        return uuid

    def lun_names(self):
        """The names of all LUNs."""
        return sorted(lun["name"] for lun in self.luns.values())

    def lun(self, method, uuid, query, body):
        """LUNs; a copy is complete after ``copy_looks`` looks."""
        if method == "POST":
            names = {lun["name"]: lun for lun in self.luns.values()}
            origin = (body.get("clone") or body.get("copy"))["source"]["name"]
            if body["name"] in names:
                return error(409, 1260136, "destination already exists as a LUN, namespace, or file")
            if origin not in names:
                return error(400, 5374875, "The LUN does not exist")
            new = self.luns[self.add_lun(body["name"], names[origin]["space"]["size"])]
            new["space"].update(body.get("space") or {})
            if "copy" in body:
                progress = {"state": "replicating", "percent_complete": 1, "looks": self.copy_looks}
                new["copy"] = {"source": {"name": origin, "progress": progress}}
            return self.start()
        if not uuid:
            volumes = query["location.volume.name"].split("|")
            return self.records(v for v in self.luns.values() if v["location"]["volume"]["name"] in volumes)
        if uuid not in self.luns:
            return error(404, 4, "entry doesn't exist")
        if method == "DELETE":
            del self.luns[uuid]
            return Answer(200, {})
        if method == "PATCH":
            if body.get("name") in self.lun_names():
                return error(409, 1254196, "A LUN with that name exists")
            self.luns[uuid].update(body)
            return Answer(200, {})
        lun = self.luns[uuid]
        progress = lun.get("copy", {}).get("source", {}).get("progress", {})
        if "looks" in progress:
            progress["looks"] -= 1
            if progress["looks"] <= 0:
                progress.update(state=progress.get("ends", "complete"), percent_complete=100)
        return Answer(200, lun)

    def file(self, method, files, path, query, body):
        """Entries of a FlexVol."""
        absent = error(404, 6684674, "No such file or directory")
        if method == "POST":
            if path in files:
                return error(409, 6488118, "exists")
            files[path] = {"type": "directory", "unix_permissions": int(body["unix_permissions"])}
            return Answer(201, {})
        if path not in files:
            return absent
        if method == "DELETE":
            inside = [name for name in files if name.startswith(f"{path}/")]
            if inside and query.get("recurse") != "true":
                return error(400, 131138, "Directory not empty")
            for name in [path, *inside]:
                del files[name]
            return Answer(200, {})
        if method == "PATCH":
            files[body["path"]] = files.pop(path)
            return Answer(200, {})
        if "byte_offset" in query:
            plain = Answer(200, b"data", {"Content-Type": "application/octet-stream"})
            return next((answer for prefix, answer in self.data.items() if path.startswith(prefix)), plain)
        if query.get("return_metadata") == "true":
            return Answer(200, {"records": [{"name": "", "path": path, **files[path]}], "num_records": 1})
        prefix = f"{path}/" if path else ""
        entries = [{"name": ".", "type": "directory"}, {"name": "..", "type": "directory"}]
        for name, entry in files.items():
            inner = name[len(prefix) :]
            patterns = query.get("name", "*").split("|")
            here = name.startswith(prefix) and inner and "/" not in inner
            if here and any(fnmatch.fnmatchcase(inner, pattern) for pattern in patterns):
                entries.append({"name": inner, "path": path, **entry})
        return self.records(entries)
