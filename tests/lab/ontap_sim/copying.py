# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy engine: real bytes at a set rate, at most 50 at once, holes kept (facts B2, E)."""

from __future__ import annotations

import os
import threading
import time

from . import blocks, schema
from .errors import ApiError

LIMIT = 50  # facts B2, code 7018877: file and LUN copies and moves together
CHUNK = 1 << 20


class Copies:
    def __init__(self, sim):
        self.sim = sim
        self._lock = threading.Lock()
        self.active = {}
        self._stop = threading.Event()

    def reserve(self, names):
        """Take places for these copies, all or none."""
        with self._lock:
            if len(self.active) + len(names) > LIMIT:
                raise ApiError(
                    429,
                    7018877,
                    "Maximum combined total (50) of file and LUN copy and move operations reached.",
                )
            for name in names:
                self.active[name] = {"done": 0, "total": 0, "begun": time.monotonic()}

    def release(self, names):
        with self._lock:
            for name in names:
                self.active.pop(name, None)

    def after_restart(self):
        """Half-made targets of copies that the last process did not finish."""
        for record in self.sim.store.all("copying"):
            if (
                record.get("path")
                and not self.sim.switches["copy_failure_leaves"]
                and os.path.lexists(record["path"])
            ):
                os.unlink(record["path"])
            self.sim.store.remove("copying", record["id"])
        self._luns_after_restart()
        for volume in self.sim.store.all("volume"):
            folder = self.sim.flexvol(volume["uuid"]).path("tmp")
            for name in os.listdir(folder) if os.path.isdir(folder) else ():
                os.unlink(os.path.join(folder, name))

    def _luns_after_restart(self):
        """LUNs whose making was interrupted are gone; interrupted copies have failed."""
        luns = self.sim.resources["/storage/luns"]
        for lun in self.sim.store.all("lun"):
            state = schema.get(lun, "copy.source.progress.state")
            if state in ("preparing", "replicating"):
                failed = {
                    "state": "failed",
                    "failure": {"message": "Interrupted by a restart.", "code": "460770"},
                }
                self.sim.store.put(
                    "lun", lun["uuid"], schema.merge(lun, {"copy": {"source": {"progress": failed}}})
                )
            elif luns.is_lost(lun):
                self.sim.store.remove("lun", lun["uuid"])

    def rate(self, asked):
        """Bytes per second; facts B2: below 1 MB/s means 1 MB/s, else whole MB."""
        own = self.sim.switches["copy_bytes_per_second"]
        if not asked:
            return own
        asked = max(1 << 20, asked & ~((1 << 20) - 1))
        return min(asked, own) if own else asked

    def run(self, name, source, target, rate, cancelled=lambda: False):
        """Copy an open source to an open target (descriptors), at most ``rate`` bytes per second."""
        state = self.active.get(name, {})
        size = os.fstat(source).st_size
        state["total"] = size
        os.ftruncate(target, size)
        begun, sent = time.monotonic(), 0
        for offset, length in blocks.data_ranges(source, size):
            end = offset + length
            while offset < end:
                self._check(cancelled)
                chunk = os.pread(source, min(CHUNK, end - offset), offset)
                if not chunk:
                    break
                try:
                    os.pwrite(target, chunk, offset)
                except OSError as error:
                    raise ApiError(
                        500, 917883, f"No space left on the destination volume: {error.strerror}."
                    ) from None
                blocks.start_writing(target, offset, len(chunk))
                offset += len(chunk)
                sent += len(chunk)
                state["done"] = offset
                if rate:
                    ahead = sent / rate - (time.monotonic() - begun)
                    if ahead > 0:
                        self._stop.wait(ahead)
        # No fsync: it would make a copy as slow as the disk of the machine that simulates, whatever its rate.
        state["done"] = size

    def _check(self, cancelled):
        if self._stop.is_set():
            raise ApiError(500, 460770, "The management service is stopping.")
        if cancelled():
            raise ApiError(500, 458784, "The operation was cancelled.")
        if self.sim.clock.now() < self.sim.faults.takeover_until:
            # facts E: copies can fail during takeover and giveback
            raise ApiError(
                500, 7012372, "The copy failed because a storage takeover or giveback is in progress."
            )

    def stop(self):
        self._stop.set()
