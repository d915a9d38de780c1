# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mount.nfs of the lab: what it is asked, what it asks."""

from __future__ import annotations

import http.server
import json
import os
import socketserver
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from labkit import nfs
from labkit.addresses import Addresses
from labkit.failure import LabError
from labkit.paths import Lab


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("127.10.1.11:/cinder_a", ("127.10.1.11", "/cinder_a")),
        ("host:/a/b", ("host", "/a/b")),
        ("[fd00::1]:/vol", ("fd00::1", "/vol")),
    ],
)
def test_sources(source, expected):
    assert nfs.parse_source(source) == expected


@pytest.mark.parametrize("source", ["", "host", "host:", "host:vol", ":/vol", "[fd00::1]/vol"])
def test_wrong_sources_are_named(source):
    with pytest.raises(LabError, match="SERVER:/PATH"):
        nfs.parse_source(source)


@pytest.mark.parametrize(
    ("options", "version"),
    [
        ("", "4.2"),
        ("rw,vers=3", "3"),
        ("nfsvers=3", "3"),
        ("vers=4", "4.2"),
        ("vers=4.1", "4.1"),
        ("vers=4,minorversion=1", "4.1"),
        ("v3", "3"),
        ("nfsvers=4.0,hard", "4.0"),
    ],
)
def test_versions(options, version):
    request = nfs.parse_arguments(["h:/v", "/mnt", "-o", options])
    assert request.version == version


def test_an_unknown_version_is_refused():
    with pytest.raises(LabError, match="NFS version 2"):
        print(nfs.parse_arguments(["h:/v", "/mnt", "-o", "vers=2"]).version)


def test_the_words_of_mount():
    request = nfs.parse_arguments(["h:/v", "/mnt/../mnt", "-w", "-n", "-o", "ro,vers=3,lookupcache=pos"])
    assert (request.server, request.path, request.target) == ("h", "/v", "/mnt")
    assert request.read_only
    assert not request.fake
    assert nfs.parse_arguments(["h:/v", "/mnt", "-f"]).fake


def test_missing_words_are_refused():
    with pytest.raises(LabError, match="a directory"):
        nfs.parse_arguments(["h:/v"])


class _Server(socketserver.UnixStreamServer):
    def get_request(self):
        return super().get_request()[0], ("local", 0)


@pytest.fixture
def simulator(tmp_path):
    """A control socket with a scripted answer; records what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
            status, body = self.server.answer
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *words):
            """Quiet."""

    (tmp_path / "ontap").mkdir()
    with _Server(os.path.relpath(tmp_path / "ontap/control.sock"), Handler) as server:
        server.asked = asked
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def request_of(target="/var/lib/cinder/mnt/abc", server="127.10.1.11", path="/cinder_a"):
    return nfs.Request(server, path, target, ("vers=4.1",))


def test_the_simulator_is_asked_and_its_directory_taken(tmp_path, simulator):
    simulator.answer = (200, {"directory": "/volumes/x/root", "read_only": True})
    assert nfs.resolve(request_of(), Addresses("127.10"), Lab(tmp_path)) == ("/volumes/x/root", True)
    assert simulator.asked == [
        {"server": "127.10.1.11", "path": "/cinder_a", "client": "127.10.2.2", "version": "4.1"}
    ]


def test_a_refusal_carries_the_simulators_reason(tmp_path, simulator):
    simulator.answer = (403, {"reason": "access denied by the export policy"})
    with pytest.raises(LabError, match="access denied by the export policy .*127.10.1.11:/cinder_a"):
        nfs.resolve(request_of(), Addresses("127.10"), Lab(tmp_path))


def test_a_silent_simulator_is_named(tmp_path):
    with pytest.raises(LabError, match="is the simulator running"):
        nfs.resolve(request_of(), Addresses("127.10"), Lab(tmp_path))


def test_the_plain_export_needs_nobody(tmp_path):
    request = request_of(server="127.10.3.1", path="/plain")
    assert nfs.resolve(request, Addresses("127.10"), Lab(tmp_path)) == (str(tmp_path / "plain"), False)


@pytest.mark.parametrize(("server", "path"), [("127.10.3.1", "/other"), ("192.0.2.1", "/plain")])
def test_nobody_else_exports(tmp_path, server, path):
    with pytest.raises(LabError, match="is not exported"):
        nfs.resolve(request_of(server=server, path=path), Addresses("127.10"), Lab(tmp_path))
