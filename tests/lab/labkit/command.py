# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import tempfile

from . import addresses, apt, checks, collections, inside, life, paths, ready, venvs
from .failure import LabError
from .progress import say, total

VENVS = ("tools", "openstack", "importer")
# What the virtualenvs take, and what the lab writes while it runs.
SETUP_GIB = 3
NOT_READY = 3
PLACES = ("tools", "openstack", "importer", "collections", "checkout", "lab", "cache")


def parser():
    found = argparse.ArgumentParser(
        prog="lab.py",
        description="An OpenStack and an ONTAP simulator on this machine, in a namespace of their own.",
        epilog="EIC_CACHE: folder for virtualenvs and prepared data. EIC_LAB: run state of the lab. "
        "EIC_NET: first half of its loopback addresses (127.10).",
    )
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    setup = commands.add_parser("setup", help="install what the lab needs; skips what is there")
    setup.add_argument(
        "part", nargs="?", choices=("all", "tools"), default="all", help="tools: without the services"
    )
    up = commands.add_parser("up", help="start the lab; clears away first what a killed one left")
    up.add_argument("--only", metavar="PROGRAM", help="start just these (comma-separated), such as ontap-sim")
    commands.add_parser("down", help="end the lab and remove its run state")
    status_command = commands.add_parser("status", help="what runs, since when, with how much memory")
    status_command.add_argument("--json", action="store_true", help="print it for programs")
    execute = commands.add_parser("exec", help="run a command inside the lab")
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="CMD")
    where = commands.add_parser("where", help="print where a part of the lab is")
    where.add_argument("place", choices=PLACES)
    lock = commands.add_parser("lock", help="resolve an .in file of requirements/ and write its lock")
    lock.add_argument("name", choices=VENVS)
    return found


def make_cache():
    python, version = venvs.base_python()
    return python, paths.Cache(paths.cache_root(), version)


def setup(options):
    whole = options.part == "all"
    checks.debian_like()
    names = apt.missing(apt.wanted(None if whole else "python3-venv"))
    if whole or names:
        checks.root()
    python, cache = make_cache()
    cache.root.mkdir(parents=True, exist_ok=True)
    with (cache.root / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        apt.install(names, cache.root / "apt.log")
        folders = {name: cache.venv(name) for name in VENVS if whole or name != "openstack"}
        if not all(map(venvs.complete, folders.values())):
            checks.disk(cache.root, SETUP_GIB, "setting the lab up")
        for name, folder in folders.items():
            venvs.build(name, folder, python, cache.root / f"{folder.name}.log")
        collections.build(cache.collections, cache.tools, cache.root / "collections.log")
        collections.link_checkout(cache.checkout(), cache.collections)
    say(f"The lab is set up after {total():.1f} s: {cache.root}")


def the_life():
    return life.Life(paths.Lab(paths.lab_root().resolve()), addresses.from_environment(), make_cache()[1])


def up(options):
    checks.root()
    lab = the_life()
    programs = ready.PROGRAMS
    if options.only:
        programs = tuple(options.only.split(","))
        for name in programs:
            if name not in ready.PROGRAMS:
                raise LabError(f"{name!r} is no program of the lab: choose from {', '.join(ready.PROGRAMS)}.")
    for folder in (lab.cache.tools, lab.cache.openstack):
        if not venvs.complete(folder):
            raise LabError(f"{folder} is not there, but the lab runs from it: run `lab.py setup` first.")
    lab.up(programs)


def down(_options):
    checks.root()
    the_life().down()


def status(options):
    checks.root()
    if options.json:
        say(json.dumps(the_life().report(), indent=1))
        return 0
    return 0 if the_life().status() else NOT_READY


def execute(options):
    checks.root()
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    the_life().exec(words or [os.environ.get("SHELL") or "/bin/sh"])


def where(options):
    cache = make_cache()[1]
    if options.place == "lab":
        say(paths.lab_root())
    elif options.place == "cache":
        say(cache.root)
    else:
        found = getattr(cache, options.place)
        say(found() if options.place == "checkout" else found)


def lock(options):
    with tempfile.TemporaryDirectory() as scratch:
        venvs.write_lock(options.name, venvs.base_python()[0], scratch)


def start_inside():
    lab = the_life()
    inside.main(lab.lab, lab.addresses, lab.cache.tools, lab.cache.openstack)


COMMANDS = {
    "setup": setup,
    "up": up,
    "down": down,
    "status": status,
    "exec": execute,
    "where": where,
    "lock": lock,
}


def main(words):
    if words == ["_inside"]:
        start_inside()
    try:
        checks.python()
        options = parser().parse_args(words)
        return COMMANDS[options.command](options) or 0
    except LabError as failure:
        print(f"lab: {failure}", file=sys.stderr)
    except KeyboardInterrupt:
        print("lab: interrupted; the same command goes on or clears away what was begun.", file=sys.stderr)
    return 1
