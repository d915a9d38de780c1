# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a layout on one side and keep what was seen."""

from __future__ import annotations

import os
import re
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

from demokit import play
from demokit.glance_log import traffic
from demokit.story import ADMIN_CLOUD, FLAVOR, NETWORK, USER_CLOUD
from labkit import command, paths
from ontap_sim.control_client import Control

from . import cloud, events
from .ground import Ground, store_name, type_name
from .table import CLONES, DOWNLOADS, NOTHING, ONCE, OURS, SIDES, Layout

HERE = Path(__file__).resolve().parent
VOLUME_GIB = 1


@dataclass
class Seen:
    """One layout on one side.

    Seconds: all entries made, with the owner that a Cinder host gives them; from the first request for a
    volume to the first active server, and to the last.
    """

    side: str
    image_bytes: int = 0
    glance_bytes: int = 0  # that Glance handed out
    glance_requests: int = 0
    plan: list[dict] = field(default_factory=list)  # pool, path, reasons, cures
    entries: list[dict] = field(default_factory=list)  # pool, path, failed, msg
    instances: list[dict] = field(default_factory=list)  # name, pool, path, why, seconds, failed, msg
    warnings: list[str] = field(default_factory=list)
    error: str = ""
    driver_said: list[str] = field(default_factory=list)  # of Cinder's log, when it gave a clone up
    seconds_prime: float | None = None
    seconds_first: float | None = None
    seconds_all: float | None = None
    load: float = 0.0  # of the machine before, processes for each core

    @property
    def outcome(self) -> str:
        """In the words of the page."""
        if not any(one["id"] and not one["failed"] for one in self.instances):
            return NOTHING
        if not self.glance_requests:
            return CLONES
        return ONCE if self.side == OURS and self.glance_bytes <= self.image_bytes else DOWNLOADS


class Runner:
    """Runs layouts on a lab that is up; *say* gets a line for each step."""

    def __init__(self, lab: paths.Lab, cache: paths.Cache, net: str, folder: Path, say, log) -> None:
        self.lab, self.folder, self.say, self.log, self.net = lab, folder, say, log, net
        self.env = {**play.environment(cache.checkout(), lab.root), "EIC_NET": net}
        self.control = Control(str(lab.ontap / "control.sock"))
        self.inside = Path(f"/proc/{command.the_life().running().pid}/root")

    def prepare(self, layouts, already: bool = False) -> None:
        """Deploy, then what deploy does not make."""
        self.ground = Ground(self.net, tuple(layouts))
        if already:
            return
        for playbook, variables in (
            ("deploy", self.ground.variables()),
            (HERE / "prepare.yml", self.ground.more_variables()),
        ):
            self.must(playbook, variables)
        cloud.make_types(ADMIN_CLOUD, self.ground.types())

    def must(self, playbook, variables) -> play.Play:
        done = self.play(playbook, variables)
        if not done.ok:
            told = "; ".join(f"{task['task']} on {task['host']}: {task['msg']}" for task in done.failed)
            raise RuntimeError(f"{done.playbook} failed: {told or f'code {done.code}'}")
        return done

    def play(self, playbook, variables) -> play.Play:
        started = time.monotonic()
        done = play.run(playbook, self.env, variables, output=self.log)
        self.say(f"  {time.monotonic() - started:6.1f} s  {done.playbook}{'' if done.ok else ' (failed)'}")
        return done

    def run(self, layout: Layout) -> dict:
        """The layout on both sides, as data."""
        self.say(f"{layout.name}: {layout.title}")
        if layout.peered is not None:
            self.must(HERE / "peer.yml", {**self.common(), "layouts_peered": layout.peered})
        sides = {side: self.one_side(layout, side) for side in SIDES}
        return {
            "name": layout.name,
            "title": layout.title,
            "sides": {side: {**asdict(seen), "outcome": seen.outcome} for side, seen in sides.items()},
        }

    def common(self) -> dict:
        return {"enhanced_instance_ontap": self.ground.connections()}

    def one_side(self, layout: Layout, side: str) -> Seen:
        file = cloud.content(self.folder, layout.disk_format)
        name = f"lay-{layout.name}-{side}"
        # As the tenant: what a private image needs of Glance and Cinder is then proven, too.
        image_id, size = cloud.upload(USER_CLOUD, name, file, layout.disk_format, store_name(layout, side))
        seen = Seen(side, image_bytes=size, load=os.getloadavg()[0] / (os.cpu_count() or 1))
        # Another name in each run, so that what a killed run left is not taken for this one's.
        instance = f"{layout.name.replace('_', '-')}-{side}-{image_id[:4]}"
        variables = {
            **self.common(),
            "enhanced_instance_image": image_id,
            "enhanced_instance_volume_type": type_name(layout, side),
            "enhanced_instance_volume_size": VOLUME_GIB,
            "enhanced_instance_count": layout.instances,
            "enhanced_instance_name_pattern": f"{instance}-{{index:02d}}",
            "enhanced_instance_flavor": FLAVOR,
            "enhanced_instance_network": NETWORK,
        }
        cinder_log = self.lab.log / "cinder-volume.log"
        begin = cinder_log.stat().st_size
        last = self.ground.names(side, layout.secure, layout.flexvols)[-1]
        if layout.event == "deleted":
            if side == OURS:
                seen.plan = plan_of(self.must(HERE / "plan.yml", variables))
            cloud.delete_image(ADMIN_CLOUD, image_id)
        filling = (
            events.filling_up(self.control, self.inside, last)
            if layout.event == "fills_up"
            else nullcontext()
        )
        with filling:
            done = self.play("provision_instance" if side == OURS else HERE / "stock.yml", variables)
        fill_in(seen, done)
        with (self.lab.log / "glance-api.log").open(errors="replace") as lines:
            served = traffic(lines, image_id)
        seen.glance_bytes, seen.glance_requests = served.bytes_out, served.downloads
        with cinder_log.open("rb") as log:
            log.seek(begin)
            seen.driver_said = driver_lines(log.read().decode(errors="replace"), image_id)
        self.say(f"          {side}: {seen.outcome}, {seen.glance_bytes} bytes from Glance {seen.error}")
        return seen


def plan_of(done: play.Play) -> list[dict]:
    keys = ("pool", "path", "reasons", "cures")
    # provision_instance plans with the module that makes the instances, in its look at what is missing.
    looks = [
        done.result_of("image_path_info"),
        *(one.get("plan") or {} for one in done.results_of("instances")),
    ]
    paths = next((one["paths"] for one in looks if one.get("paths")), [])
    return [{key: one[key] for key in keys} for one in paths]


def fill_in(seen: Seen, done: play.Play) -> None:
    """What the modules returned."""
    seen.plan = seen.plan or plan_of(done)
    # The second call publishes what the first staged: the path that brought an entry is in the first.
    calls = done.results_of("image_cache")
    for call in calls[:1]:
        keys = ("pool", "path", "failed", "msg", "seconds")
        seen.entries = [{key: one.get(key) for key in keys} for one in call.get("entries", [])]
    found = done.result_of("instances")
    keys = ("name", "id", "pool", "path", "why", "seconds", "failed", "msg")
    seen.instances = [{key: one.get(key) for key in keys} for one in found.get("instances", [])]
    taken = [one["seconds"] for one in seen.instances if one["seconds"] and not one["failed"]]
    seen.seconds_prime = done.seconds_of("image_cache")
    if taken:
        seen.seconds_first, seen.seconds_all = min(taken), done.seconds_of("instances", last=True)
    for call in (*calls[:1], found):
        seen.warnings += [text for text in call.get("warnings", []) if text not in seen.warnings]
    seen.error = "; ".join(task["msg"] for task in done.failed)


def driver_lines(text: str, image_id: str) -> list[str]:
    """Why the driver gave a clone up (nfs_cmode.py clone_image says it at INFO only), each once."""
    found = re.findall(rf"Image cloning unsuccessful for image {image_id}\. Message: (.*)", text)
    return list(dict.fromkeys(line.strip()[:300] for line in found))
