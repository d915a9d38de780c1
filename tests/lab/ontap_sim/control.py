# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: a unix socket for the lab and its tests, never for ONTAP's clients."""

from __future__ import annotations

import asyncio
import os

from aiohttp import web

from . import mounts
from .switches import SWITCHES


class Control:
    def __init__(self, sim, server):
        self.sim = sim
        self.server = server
        sim.control = self
        self.app = web.Application()
        add = self.app.router.add_route
        add("GET", "/health", self.health)
        add("GET", "/mount", self.mount)
        add("GET", "/switches", self.switches)
        add("PUT", "/switches", self.set_switches)
        add("DELETE", "/switches", self.reset_switches)
        add("GET", "/faults", self.faults)
        add("POST", "/faults", self.add_fault)
        add("DELETE", "/faults", self.clear_faults)
        add("DELETE", "/faults/{id}", self.clear_faults)
        add("POST", "/takeover", self.takeover)
        add("GET", "/volumes", self.volumes)
        add("POST", "/volumes/{name}", self.volume)
        add("POST", "/restart", self.restart_later)
        add("POST", "/clock", self.clock)
        add("POST", "/version", self.version)
        add("GET", "/audit", self.audit)
        add("GET", "/audit/summary", self.audit_summary)
        add("GET", "/coverage", self.coverage)

    async def health(self, request):
        return web.json_response(
            {
                "cluster": self.sim.cluster["name"],
                "version": self.sim.cluster["version"],
                "pid": os.getpid(),
                "listening": self.server.listening,
            }
        )

    async def mount(self, request):
        query = request.query
        missing = [name for name in ("server", "path", "client", "version") if name not in query]
        if missing:
            return web.json_response({"reason": f"Missing: {', '.join(missing)}."}, status=400)
        try:
            return web.json_response(
                mounts.mount(self.sim, query["server"], query["path"], query["client"], query["version"])
            )
        except mounts.Refused as refused:
            return web.json_response({"reason": str(refused)}, status=403)

    async def switches(self, request):
        now = self.sim.switches.all()
        return web.json_response(
            {
                name: {
                    "value": now[name],
                    "default": switch.default,
                    "choices": list(switch.choices),
                    "meaning": switch.meaning,
                    "fact": switch.fact,
                }
                for name, switch in SWITCHES.items()
            }
        )

    async def set_switches(self, request):
        try:
            with self.sim.store.change():
                for name, value in (await request.json()).items():
                    self.sim.switches.set(name, value)
        except ValueError as error:
            return web.json_response({"reason": str(error)}, status=400)
        return web.json_response(self.sim.switches.all())

    async def reset_switches(self, request):
        for name in SWITCHES:
            self.sim.switches.reset(name)
        return web.json_response(self.sim.switches.all())

    async def faults(self, request):
        return web.json_response(self.sim.faults.all())

    async def add_fault(self, request):
        try:
            return web.json_response(self.sim.faults.add(await request.json()), status=201)
        except ValueError as error:
            return web.json_response({"reason": str(error)}, status=400)

    async def clear_faults(self, request):
        self.sim.faults.remove(request.match_info.get("id"))
        return web.json_response(self.sim.faults.all())

    async def takeover(self, request):
        """Copies fail for some seconds (facts E)."""
        seconds = (await request.json())["seconds"]
        self.sim.faults.takeover_until = self.sim.clock.now() + seconds
        return web.json_response({"seconds": seconds})

    async def volumes(self, request):
        return web.json_response(
            [
                {
                    "name": item["name"],
                    "uuid": item["uuid"],
                    "svm": item["svm"]["name"],
                    "state": item["state"],
                    "junction": item["nas"].get("path"),
                    "root": self.sim.flexvol(item["uuid"]).root,
                }
                for item in self.sim.store.all("volume")
                if not item["is_svm_root"]
            ]
        )

    async def volume(self, request):
        """``{"free": bytes}`` leaves so much of a FlexVol (null: all); ``{"state": "offline"}``."""
        name = request.match_info["name"]
        volume = next((item for item in self.sim.store.all("volume") if item["name"] == name), None)
        if volume is None:
            return web.json_response({"reason": f"There is no volume {name}."}, status=404)
        change = await request.json()
        volumes = self.sim.resources["/storage/volumes"]
        if "free" in change:
            await asyncio.to_thread(volumes.fill, volume, change["free"])
        if "state" in change:
            volumes.set_state(volume, change["state"])
        return web.json_response({"name": name})

    def restart(self, seconds=0.5):
        asyncio.get_running_loop().create_task(self.server.restart(seconds))

    async def restart_later(self, request):
        body = await request.json() if request.can_read_body else {}
        self.restart(body.get("seconds", 0.5))
        return web.json_response({}, status=202)

    async def clock(self, request):
        self.sim.clock.offset += (await request.json())["advance"]
        return web.json_response({"offset": self.sim.clock.offset})

    async def version(self, request):
        try:
            self.sim.set_version((await request.json())["version"])
        except ValueError as error:
            return web.json_response({"reason": str(error)}, status=400)
        return web.json_response({"version": self.sim.cluster["version"]})

    async def audit(self, request):
        return web.json_response(
            self.sim.audit.tail(float(request.query.get("since", 0)), int(request.query.get("limit", 10000)))
        )

    async def audit_summary(self, request):
        return web.json_response(self.sim.audit.summary())

    async def coverage(self, request):
        from .coverage import endpoints

        return web.json_response(endpoints())
