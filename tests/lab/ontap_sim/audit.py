# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: one JSON line per request, without secrets; and a count of what is not covered."""

from __future__ import annotations

import json
import os
from collections import Counter

SECRET = ("password", "secret", "passphrase", "private_key", "token", "credential")


def without_secrets(value):
    if isinstance(value, dict):
        return {
            key: "***" if any(word in key.lower() for word in SECRET) else without_secrets(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


class Audit:
    def __init__(self, path):
        self.path = path
        # one write per line and no buffer in this process: a kill loses nothing
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        self.requests = Counter()
        self.uncovered = Counter()

    def write(self, **entry):
        os.write(self._file, (json.dumps(entry, separators=(",", ":")) + "\n").encode())
        self.requests[entry.get("method", "")] += 1
        if entry.get("uncovered"):
            self.uncovered[f"{entry['method']} {entry['path']}"] += 1

    def summary(self):
        return {"requests": dict(self.requests), "uncovered": dict(self.uncovered)}

    def tail(self, since=0, limit=10000):
        entries = []
        with open(self.path, encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                if entry["time"] >= since:
                    entries.append(entry)
        return entries[-limit:]

    def close(self):
        os.close(self._file)
