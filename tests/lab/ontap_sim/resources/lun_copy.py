# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying a LUN (facts B6): visible at once, with its progress in copy.source.progress."""

from __future__ import annotations

import asyncio
import os
import time

from ..errors import ApiError
from ..schema import merge
from .base import check_fault


def progress_of(state):
    percent = state["done"] * 100 // state["total"] if state["total"] else 0
    return {
        "state": "replicating",
        "percent_complete": min(99, percent),
        "volume_snapshot_blocked": False,
        "elapsed": int(time.monotonic() - state["begun"]),
    }


async def run(sim, uuid, source, target, throughput):
    sim.store.put("copying", uuid, {"id": uuid, "path": None})
    progress = {"state": "complete", "percent_complete": 100, "volume_snapshot_blocked": False}
    try:
        check_fault(sim, "lun_copy")
        fault = sim.faults.for_job("LUN copy")
        if fault and fault["effect"] == "fail":
            raise ApiError(500, fault.get("code", 460770), fault.get("message", "The copy failed."))
        if fault:
            await asyncio.sleep(fault.get("seconds", 3600))
        await asyncio.to_thread(_copy_bytes, sim, uuid, source, target, sim.copies.rate(throughput))
    except (ApiError, OSError) as error:
        message = getattr(error, "message", str(error))
        progress = {
            "state": "failed",
            "failure": {"message": message, "code": getattr(error, "code", "460770")},
        }
    finally:
        sim.copies.release([uuid])
        sim.store.remove("copying", uuid)
    now = sim.store.get("lun", uuid)
    if now is None:
        if os.path.lexists(target):
            os.unlink(target)
    else:
        sim.store.put("lun", uuid, merge(now, {"copy": {"source": {"progress": progress}}}))


def _copy_bytes(sim, uuid, source, target, rate):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(source, "rb") as reading, open(target, "xb") as writing:
        sim.copies.run(
            uuid, reading.fileno(), writing.fileno(), rate, lambda: sim.store.get("lun", uuid) is None
        )
