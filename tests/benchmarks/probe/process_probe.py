# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What sitecustomize.py begins: wraps import and HTTP, and writes the record when the process ends.

Imports nothing that the process would not have anyway: the HTTP libraries are wrapped once they are there.
"""

from __future__ import annotations

import atexit
import builtins
import json
import os
import sys
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


def now():
    """Seconds since the machine started, the clock that /proc tells starts of processes in."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def started():
    """When this process began (to 10 ms)."""
    with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[19]) / TICKS


class Meter:
    """Seconds with at least one of several overlapping things under way."""

    def __init__(self):
        self.number, self.seconds = 0, 0.0
        self._open, self._since = 0, 0.0
        self._lock = threading.Lock()

    def enter(self, count=1):
        with self._lock:
            self.number += count
            if not self._open:
                self._since = now()
            self._open += 1

    def leave(self):
        with self._lock:
            self._open -= 1
            if not self._open:
                self.seconds += now() - self._since


class Probe:
    """The meters of this process."""

    def __init__(self, folder):
        self.folder, self.pid = folder, os.getpid()
        self.began = started()
        self.ready = now()
        self.imports, self.requests = Meter(), Meter()
        self.import_cpu = 0.0
        self.asked = []  # "host:port" of each request; a list, since threads append at once
        self.depth = 0
        self.main = threading.get_ident()
        self.wrapped = False

    def watch(self):
        """Wrap the import statement: outermost imports of the main thread are counted."""
        original = builtins.__import__

        def measured(name, *arguments, **options):
            if self.depth or threading.get_ident() != self.main or name in sys.builtin_module_names:
                return original(name, *arguments, **options)
            self.depth += 1
            self.imports.enter()
            cpu = time.process_time()
            try:
                return original(name, *arguments, **options)
            finally:
                self.depth -= 1
                self.imports.leave()
                self.import_cpu += time.process_time() - cpu
                if not self.wrapped and hasattr(sys.modules.get("http.client"), "HTTPSConnection"):
                    self.wrapped = True
                    self.wrap_http(sys.modules["http.client"].HTTPConnection)

        builtins.__import__ = measured
        atexit.register(self.write)

    def wrap_http(self, kind):
        """A request is under way from its first line to the head of its answer."""
        put, get = kind.putrequest, kind.getresponse

        def putrequest(connection, *arguments, **options):
            self.requests.enter()
            self.asked.append(f"{connection.host}:{connection.port}")
            connection.probe_open = True
            return put(connection, *arguments, **options)

        def getresponse(connection, *arguments, **options):
            try:
                return get(connection, *arguments, **options)
            finally:
                if getattr(connection, "probe_open", False):
                    connection.probe_open = False
                    self.requests.leave()

        kind.putrequest, kind.getresponse = putrequest, getresponse

    def write(self):
        if os.getpid() != self.pid:
            return  # a fork of the process that is measured
        ended = now()
        record = {
            "program": os.path.basename(sys.argv[0] if sys.argv else "?"),
            "began": self.began,
            "ended": ended,
            "interpreter": max(0.0, self.ready - self.began),
            "imports": self.imports.seconds,
            "requests": self.requests.number,
            "asked": {there: self.asked.count(there) for there in set(self.asked)},
            "in_requests": self.requests.seconds,
            "cpu": time.process_time(),
            "import_cpu": self.import_cpu,
        }
        path = os.path.join(self.folder, f"{self.began:.2f}-{self.pid}-{os.urandom(3).hex()}.json")
        try:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(record, file)
        except OSError:
            pass  # the folder is gone: nobody wants to know any more


def begin(folder):
    """Measure this process from here on."""
    Probe(folder).watch()
