# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m ontap_sim``: start the simulator."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from . import copying, seed
from .server import Server, tls
from .sim import Sim, StateInUse

# Threads for clones, reads and the like while as many copies run as ONTAP allows.
BESIDE_COPIES = 16


def address(text):
    host, _dummy, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="ontap_sim", description="An ONTAP REST API over real files.")
    parser.add_argument("--state-dir", required=True, help="where state and FlexVol images are kept")
    parser.add_argument("--listen", required=True, action="append", type=address, metavar="ADDRESS:PORT")
    parser.add_argument("--cert", help="PEM certificate (plain HTTP when absent)")
    parser.add_argument("--key", help="PEM key of the certificate")
    parser.add_argument("--client-ca", help="PEM bundle that client certificates are checked against")
    parser.add_argument("--control-socket", required=True, help="unix socket of the control endpoint")
    parser.add_argument("--seed", help="JSON file with the first state; used only when the state is empty")
    parser.add_argument("--unmount-on-exit", action="store_true", help="unmount the FlexVols when stopped")
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when the process that started this one ends"
    )
    return parser.parse_args(argv)


def main(argv=None):
    options = arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    if os.geteuid() != 0:
        sys.exit("The ONTAP simulator mounts its FlexVols through loop devices: start it as root.")
    try:
        run(options)
    except (seed.SeedError, StateInUse) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The ONTAP simulator cannot run: {error}")


def run(options):
    sim = Sim(options.state_dir)
    sim.install()
    if sim.store.empty:
        content = {}
        if options.seed:
            with open(options.seed, encoding="utf-8") as file:
                content = json.load(file)
        seed.plant(sim, content)
    sim.start()
    context = tls(options.cert, options.key, options.client_ca) if options.cert else None
    try:
        asyncio.run(serve(sim, options, context))
    finally:
        sim.stop(options.unmount_on_exit)


async def serve(sim, options, context):
    # asyncio brings cores + 4 threads: of two cores' six all would copy, and clones would wait behind them.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(copying.LIMIT + BESIDE_COPIES))
    await Server(sim, options.listen, context, options.control_socket).run(options.with_parent)


if __name__ == "__main__":
    main()
