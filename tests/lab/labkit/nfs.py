# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mount of NFS is in the lab: a question to the simulator, then a bind mount."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

from .addresses import from_environment
from .failure import LabError
from .paths import Lab, lab_root

VERSIONS = {"3": "3", "4": "4.2", "4.0": "4.0", "4.1": "4.1", "4.2": "4.2"}
# What mount(8) makes of a helper's exit code: the mount failed.
FAILED = 32


@dataclass(frozen=True)
class Request:
    """One call of mount.nfs."""

    server: str
    path: str
    target: str
    options: tuple = ()
    fake: bool = False

    @property
    def read_only(self):
        return "ro" in self.options

    @property
    def version(self):
        """The protocol version asked for; without an option a client begins with the highest."""
        version, minor = "4.2", None
        for option in self.options:
            name, _equals, value = option.partition("=")
            if name in ("vers", "nfsvers"):
                version = value
            elif name == "minorversion":
                minor = value
            elif name in ("v3", "v4", "v4.0", "v4.1", "v4.2"):
                version = name[1:]
        if version == "4" and minor is not None:
            version = f"4.{minor}"
        if version not in VERSIONS:
            raise LabError(
                f"NFS version {version} is not one of {', '.join(sorted(VERSIONS))}: correct vers=."
            )
        return VERSIONS[version]


def parse_source(source):
    """(server, path) of ``SERVER:/PATH``; an IPv6 server stands in brackets."""
    if source.startswith("["):
        server, _colon, path = source[1:].partition("]:")
    else:
        server, _colon, path = source.partition(":")
    if not server or not path.startswith("/"):
        raise LabError(f"{source!r} is no NFS source: write SERVER:/PATH.")
    return server, path


def parse_arguments(words):
    """A Request from what mount(8) hands to a helper."""
    places, options, fake, rest = [], [], False, iter(words)
    for word in rest:
        if word in ("-o", "-t", "-N"):
            value = next(rest, "")
            if word == "-o":
                options += [option for option in value.split(",") if option]
        elif word.startswith("-"):
            fake = fake or "f" in word
            if "r" in word[1:]:
                options.append("ro")
        else:
            places.append(word)
    if len(places) != 2:
        raise LabError(f"mount.nfs got {places}, but wants SERVER:/PATH and a directory.")
    server, path = parse_source(places[0])
    return Request(server, path, os.path.realpath(places[1]), tuple(options), fake)


def ask_simulator(control_socket, request, client):
    """(directory, read only) that ``client`` may mount; a refusal is a LabError with its reason."""
    connection = http.client.HTTPConnection("localhost", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.sock.connect(str(control_socket))
        query = {"server": request.server, "path": request.path, "client": client, "version": request.version}
        connection.request("GET", f"/mount?{urlencode(query)}")
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise LabError(f"{request.server} does not answer ({error}): is the simulator running?") from error
    finally:
        connection.close()
    if response.status != 200:
        raise LabError(f"{answer.get('reason', 'refused')} (while mounting {request.server}:{request.path})")
    return answer["directory"], bool(answer.get("read_only"))


def resolve(request, addresses, lab):
    """(directory to bind, read only) for ``request``."""
    if addresses.is_ontap(request.server):
        return ask_simulator(lab.ontap / "control.sock", request, addresses.client_for(request.target))
    if (request.server, request.path) == (addresses.plain, "/plain"):
        return str(lab.plain), False
    raise LabError(
        f"{request.server}:{request.path} is not exported: nothing in the lab has this address and path."
    )


def mount(request, addresses, lab):
    directory, read_only = resolve(request, addresses, lab)
    if request.fake:
        return
    subprocess.run(["mount", "--bind", directory, request.target], check=True)
    if read_only or request.read_only:
        subprocess.run(["mount", "-o", "remount,bind,ro", request.target], check=True)


def main(words):
    try:
        mount(parse_arguments(words), from_environment(), Lab(lab_root()))
    except LabError as failure:
        print(f"mount.nfs: {failure}", file=sys.stderr)
        return FAILED
    except subprocess.CalledProcessError:
        return FAILED
    return 0
