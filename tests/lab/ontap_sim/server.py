# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening: the HTTPS ports with optional client certificates, and the control socket."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl

from aiohttp import web

from .control import Control
from .gateway import Gateway


def tls(cert, key, client_ca):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


class Server:
    def __init__(self, sim, listen, context, control_socket):
        self.sim = sim
        self.listen = listen
        self.context = context
        self.control_socket = control_socket
        self.listening = False
        self._runner = None
        self._gateway = Gateway(sim)
        self._stop = asyncio.Event()

    async def run(self, with_parent=False):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        control = web.AppRunner(Control(self.sim, self).app, access_log=None)
        await control.setup()
        if os.path.exists(self.control_socket):
            os.unlink(self.control_socket)
        await web.UnixSite(control, self.control_socket).start()
        os.chmod(self.control_socket, 0o600)
        await self._open()
        watch = loop.create_task(self._watch_parent()) if with_parent else None
        await self._stop.wait()
        if watch:
            watch.cancel()
        await self._close()
        await control.cleanup()
        await self.sim.jobs.stop()
        self.sim.copies.stop()

    async def _watch_parent(self):
        parent = os.getppid()
        while os.getppid() == parent:
            await asyncio.sleep(1)
        self._stop.set()

    async def _open(self):
        self._runner = web.ServerRunner(web.Server(self._gateway.handle, access_log=None))
        await self._runner.setup()
        for host, port in self.listen:
            await web.TCPSite(
                self._runner,
                host,
                port,
                ssl_context=self.context,
                reuse_address=True,
                backlog=512,
                shutdown_timeout=0.5,
            ).start()
        self.listening = True

    async def _close(self):
        self.listening = False
        await self._runner.cleanup()

    async def restart(self, seconds):
        """As when the management service restarts: refused connections, then all as before."""
        await self._close()
        await asyncio.sleep(seconds)
        await self._open()
