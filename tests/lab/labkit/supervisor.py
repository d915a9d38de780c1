# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talking with the lab's supervisord from outside, through the namespace's own root."""

from __future__ import annotations

import http.client
import socket
import time
import xmlrpc.client

from .failure import LabError
from .paths import SUPERVISOR_SOCKET

GOOD = "RUNNING"
# A program that is started more often than this while we wait will not become ready.
STARTS = 3


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return _Connection(self.path)


class Supervisor:
    """The supervisord whose process is ``pid`` as seen from outside, and which listens at ``socket``."""

    def __init__(self, pid, socket=SUPERVISOR_SOCKET):
        path = f"/proc/{pid}/root{socket}"
        self._rpc = xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=_Transport(path)).supervisor

    def answers(self):
        try:
            return self._rpc.getState()["statename"] == GOOD
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False

    def programs(self):
        """{name: record of supervisord} with ``statename``, ``pid`` (inside), ``start``, ``description``."""
        return {record["name"]: record for record in self._rpc.getAllProcessInfo()}

    def start(self, names):
        """Start ``names`` without waiting for them; those that run stay as they are."""
        for name in names:
            try:
                self._rpc.startProcess(name, False)
            except xmlrpc.client.Fault as fault:
                if "ALREADY_STARTED" not in fault.faultString:
                    raise LabError(
                        f"supervisord does not start {name}: {fault.faultString}; see its log."
                    ) from fault

    def stop(self, names):
        """Stop ``names``, one after the other; returns when they are gone."""
        for name in names:
            self._rpc.stopProcess(name, True)

    def wait(self, names, ready, seconds, log):
        """Wait until ``ready(name)`` holds for all ``names``; a program that gave up ends the waiting.

        ``log`` tells where the log of a program is. Yields each name when it is ready.
        """
        waiting, deadline = list(names), time.monotonic() + seconds
        seen = {name: set() for name in waiting}
        while waiting:
            states = self.programs()
            for name in list(waiting):
                state = states[name]["statename"]
                seen[name].add(states[name]["start"])
                if state == "FATAL" or len(seen[name]) > STARTS:
                    raise LabError(f"{name} ends again and again; its log {log(name)} tells why.")
                if state == GOOD and ready(name):
                    waiting.remove(name)
                    yield name
            if waiting and time.monotonic() > deadline:
                raise LabError(
                    f"{', '.join(waiting)} did not become ready in {seconds} s; see {log(waiting[0])}, "
                    "then run `lab.py down` and `lab.py up` again."
                )
            if waiting:
                time.sleep(0.2)
