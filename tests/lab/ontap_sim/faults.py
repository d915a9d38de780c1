# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault switchboard: makes requests, jobs and operations go wrong on demand.

A rule about requests has ``path`` (a pattern), perhaps ``method``, and ``answer``, one of
``{"status": 503, "code": "8", "message": "...", "retry_after": 2}``, ``{"broken": true}`` (half a body),
``{"reset": true}`` (connection cut), ``{"delay": 2.5}`` (late, then the real answer), ``{"restart": 1.0}``.
A rule about jobs has ``job`` (a pattern of the description), ``effect``: fail, stall (``seconds``) or vanish.
A rule with ``operation`` fails that operation itself: file_clone, file_copy, file_create, file_rename,
file_delete, lun_create, lun_clone, lun_copy, lun_delete; ``code`` and ``message`` as wanted ("Device busy").
Which occurrences: ``nth``, ``every`` (default 1: all), ``random`` (a probability); at most ``times`` times.
"""

from __future__ import annotations

import fnmatch
import itertools
import random

STANDARD = {
    401: (6691623, "User is not authorized."),
    403: (6, "not authorized for that command"),
    404: (4, "entry doesn't exist"),
    409: (8, "The resource is in use."),
    429: (262160, "Too many requests are in process."),
    500: (65541, "RPC: Timed out"),
    503: (8, "The service is overloaded."),
}


class Faults:
    def __init__(self, seed=None):
        self._rules = {}
        self._ids = itertools.count(1)
        self._random = random.Random(seed)
        self.takeover_until = 0.0

    def add(self, rule):
        kinds = [key for key in ("path", "job", "operation") if key in rule]
        if len(kinds) != 1:
            raise ValueError("A fault rule needs exactly one of path, job or operation.")
        if "job" in rule and rule.get("effect") not in ("fail", "stall", "vanish"):
            raise ValueError("A job fault needs effect: fail, stall or vanish.")
        if "path" in rule and not isinstance(rule.get("answer"), dict):
            raise ValueError("A request fault needs an answer: status, broken, reset or delay.")
        number = str(next(self._ids))
        self._rules[number] = {**rule, "id": number, "seen": 0, "fired": 0}
        return self._rules[number]

    def remove(self, number=None):
        if number is None:
            self._rules.clear()
            self.takeover_until = 0.0
        else:
            self._rules.pop(str(number), None)

    def all(self):
        return list(self._rules.values())

    def _fires(self, rule):
        rule["seen"] += 1
        if rule.get("times") is not None and rule["fired"] >= rule["times"]:
            return False
        if "nth" in rule:
            fires = rule["seen"] == rule["nth"]
        elif "random" in rule:
            fires = self._random.random() < rule["random"]
        else:
            fires = rule["seen"] % rule.get("every", 1) == 0
        rule["fired"] += fires
        return fires

    def for_request(self, method, path):
        for rule in self._rules.values():
            if "path" not in rule or rule.get("method", "*") not in ("*", method):
                continue
            if fnmatch.fnmatchcase(path, rule["path"]) and self._fires(rule):
                return rule["answer"]
        return None

    def for_job(self, description):
        for rule in self._rules.values():
            if "job" in rule and fnmatch.fnmatchcase(description, rule["job"]) and self._fires(rule):
                return rule
        return None

    def for_operation(self, name):
        for rule in self._rules.values():
            if rule.get("operation") == name and self._fires(rule):
                return rule
        return None
