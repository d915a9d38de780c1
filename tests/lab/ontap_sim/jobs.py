# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous operations (facts A7): states, messages, and a record that lives 300 seconds after the end."""

from __future__ import annotations

import asyncio
import logging
import uuid as uuids

from .errors import ApiError

LOG = logging.getLogger("ontap_sim")
LIFE_AFTER_END = 300
TERMINAL = ("success", "failure")


class Job:
    """One running operation; its record is in the store under the same uuid."""

    def __init__(self, uuid):
        self.uuid = uuid
        self.finished = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.error = None
        self.result = None

    @property
    def link(self):
        return {"job": {"uuid": self.uuid, "_links": {"self": {"href": f"/api/cluster/jobs/{self.uuid}"}}}}


class Jobs:
    def __init__(self, sim):
        self.sim = sim
        self.running = {}
        self._tasks = set()

    def start(self, description, work, svm=None, cancellable=False):
        """Begin ``work(job)``, a coroutine function; an ApiError makes the job fail."""
        job = Job(str(uuids.uuid4()))
        now = self.sim.clock.now()
        record = {
            "uuid": job.uuid,
            "description": description,
            "state": "running",
            "message": "",
            "code": 0,
            "start_time": self.sim.clock.text(now),
            "end_time": None,
            "ended": None,
            "cancellable": cancellable,
            "node": {"name": self.sim.nodes()[0]["name"]},
        }
        if svm:
            record["svm"] = {"name": svm["name"], "uuid": svm["uuid"]}
        self.sim.store.put("job", job.uuid, record)
        self.running[job.uuid] = job
        self.background(self._run(job, description, work))
        return job

    def background(self, coroutine):
        """Run it to its end, also when nobody waits."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, job, description, work):
        try:
            fault = self.sim.faults.for_job(description)
            if fault and fault["effect"] == "vanish":
                self.sim.store.remove("job", job.uuid)
            if fault and fault["effect"] == "stall":
                await asyncio.sleep(fault.get("seconds", 3600))
            if fault and fault["effect"] == "fail":
                raise ApiError(500, fault.get("code", 460770), fault.get("message", "The job failed."))
            pause = self.sim.switches["job_seconds"]
            if pause:
                await asyncio.sleep(pause)
            job.result = await work(job)
        except ApiError as error:
            job.error = error
        except asyncio.CancelledError:
            raise
        except OSError as error:
            job.error = ApiError(500, 460770, f"The operation failed: {error.strerror or error}.")
        except Exception:
            LOG.exception("job %s (%s) failed unexpectedly", job.uuid, description)
            job.error = ApiError(500, 460770, "Internal error.")
        self._end(job)

    def _end(self, job):
        record = self.sim.store.get("job", job.uuid)
        if record is not None:
            now = self.sim.clock.now()
            changes = {"end_time": self.sim.clock.text(now), "ended": now}
            if job.error is None:
                changes.update(state="success", message="success", code=0)
            else:
                # facts A7: clients read message, code or error; all are given
                changes.update(
                    state="failure",
                    message=job.error.message,
                    code=int(job.error.code),
                    error={"message": job.error.message, "code": job.error.code},
                )
            self.sim.store.put("job", job.uuid, {**record, **changes})
        self.running.pop(job.uuid, None)
        job.finished.set()

    def progress(self, job, message):
        """The only progress ONTAP shows is the message (facts A7)."""
        record = self.sim.store.get("job", job.uuid)
        if record:
            self.sim.store.put("job", job.uuid, {**record, "message": message})

    def visible(self):
        """All records, without those whose time is over."""
        now = self.sim.clock.now()
        for record in self.sim.store.all("job"):
            if record["ended"] is not None and now - record["ended"] > LIFE_AFTER_END:
                self.sim.store.remove("job", record["uuid"])
            else:
                yield record

    def after_restart(self):
        """What was running when the process died has failed."""
        for record in self.sim.store.all("job"):
            if record["state"] not in TERMINAL:
                now = self.sim.clock.now()
                message = "The operation was interrupted by a restart of the management service."
                self.sim.store.put(
                    "job",
                    record["uuid"],
                    {
                        **record,
                        "state": "failure",
                        "message": message,
                        "code": 460770,
                        "ended": now,
                        "end_time": self.sim.clock.text(now),
                        "error": {"message": message, "code": "460770"},
                    },
                )

    async def stop(self):
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
