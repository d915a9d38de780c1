# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State: in memory for reading, written through to SQLite, so that a kill loses nothing acknowledged.

A change is made inside ``with store.change():``; it is on disk when the block ends, or undone when it raises.
Records are replaced, never altered in place.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3


class Store:
    def __init__(self, path):
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # WAL with NORMAL keeps every commit over a kill -9 (only a power cut could lose the last)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
        )
        self._tables = {}
        for kind, key, body in self._db.execute("SELECT kind, id, body FROM objects ORDER BY rowid"):
            self._tables.setdefault(kind, {})[key] = json.loads(body)
        self._undo = None

    @property
    def empty(self):
        return not any(self._tables.values())

    def table(self, kind):
        return self._tables.setdefault(kind, {})

    def all(self, kind):
        return list(self.table(kind).values())

    def get(self, kind, key):
        return self.table(kind).get(str(key))

    @contextlib.contextmanager
    def change(self):
        if self._undo is not None:  # nested: the outer block commits
            yield
            return
        self._undo = []
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            for kind, key, old in reversed(self._undo):
                if old is None:
                    self.table(kind).pop(key, None)
                else:
                    self.table(kind)[key] = old
            raise
        finally:
            self._undo = None

    def put(self, kind, key, record):
        with self.change():
            key = str(key)
            table = self.table(kind)
            self._undo.append((kind, key, table.get(key)))
            table[key] = record
            self._db.execute(
                "INSERT INTO objects VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body=excluded.body",
                (kind, key, json.dumps(record)),
            )

    def remove(self, kind, key):
        with self.change():
            key = str(key)
            old = self.table(kind).pop(key, None)
            if old is not None:
                self._undo.append((kind, key, old))
                self._db.execute("DELETE FROM objects WHERE kind=? AND id=?", (kind, key))

    def next_number(self, name, first=1):
        """A counter that survives restarts."""
        record = self.get("counter", name)
        number = record["next"] if record else first
        self.put("counter", name, {"next": number + 1})
        return number

    def close(self):
        self._db.close()
