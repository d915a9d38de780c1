# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's story on a lab that is up and plain: deploy, upload, provision, prove, and the same again.

The demo (demo.py) prints what this finds; the tests (tests/test_demo.py) assert it.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from image import build
from image.boot import Boot
from labkit import paths

from . import cloud, play
from .glance_log import Traffic, traffic

COUNT = 6
NAME_PATTERN = "web-{index:02d}"
NAMES = [NAME_PATTERN.format(index=index) for index in range(1, COUNT + 1)]
FLAVOR, NETWORK = "m1.tiny", "private"
USER_CLOUD, ADMIN_CLOUD = "lab-demo", "lab-admin"


def image_name(image: build.BuiltImage) -> str:
    """A name that tells two builds apart, so that it always finds one image."""
    return f"eic-demo-{image.build_id}"


class StoryError(Exception):
    """A step failed; the text is one sentence for the person at the screen."""


@dataclass
class Story:
    """All that was seen, step by step."""

    image: build.BuiltImage | None = None
    image_id: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    plays: dict[str, play.Play] = field(default_factory=dict)
    instances: list[cloud.Found] = field(default_factory=list)
    traffic: Traffic | None = None
    traffic_before: Traffic | None = None
    boots: dict[str, Boot] = field(default_factory=dict)  # share -> how a volume of it booted

    @property
    def provisioned(self) -> dict:
        """What the module ``instances`` returned in the first run."""
        return self.plays["provision_instance"].result_of("instances")


class Teller:
    """Plays the story in a lab; *say* gets a headline for each step."""

    def __init__(self, lab: paths.Lab, cache: paths.Cache, net: str, lab_exec: list[str], say) -> None:
        self.lab = lab
        self.cache = cache
        self.lab_exec = lab_exec
        self.say = say
        self.env = {**play.environment(cache.checkout(), lab.root), "EIC_NET": net}
        self.story = Story()

    def tell(self) -> Story:
        self.deploy("deploy", "Deploy: make the plain cloud an enhanced one")
        self.upload()
        self.provision("provision_instance", f"Provision {COUNT} instances from the image")
        self.find_instances()
        self.boot()
        self.deploy("deploy_again", "Deploy again: nothing is to change")
        self.provision("provision_again", "Provision again: nothing is to change")
        self.story.traffic = self.glance_traffic()
        return self.story

    @contextmanager
    def step(self, name: str, headline: str) -> Iterator[None]:
        self.say(headline)
        started = time.monotonic()
        yield
        self.story.seconds[name] = time.monotonic() - started

    def play(
        self, name: str, playbook: str, variables: dict | None = None, fails: bool = False, limit=""
    ) -> None:
        done = play.run(playbook, self.env, variables, limit=limit)
        self.story.plays[name] = done
        if done.ok is fails:
            where = "; ".join(f"{task['task']} on {task['host']}: {task['msg']}" for task in done.failed)
            how = "was to fail and did not" if fails else f"failed ({where or f'code {done.code}'})"
            raise StoryError(f"playbooks/{playbook}.yml {how}.")

    def deploy(self, name: str, headline: str) -> None:
        with self.step(name, headline):
            self.play(name, "deploy")

    def upload(self) -> None:
        with self.step("upload", "Build a bootable raw image and upload it to Glance"):
            image = build.build(self.cache.root, self.say)
            self.story.image = image
            self.story.image_id = cloud.upload(USER_CLOUD, image_name(image), Path(image.path), image.sha256)
        self.story.traffic_before = self.glance_traffic()

    def provision(self, name: str, headline: str) -> None:
        variables = {
            "enhanced_instance_image": image_name(self.story.image),
            "enhanced_instance_count": COUNT,
            "enhanced_instance_name_pattern": NAME_PATTERN,
            "enhanced_instance_flavor": FLAVOR,
            "enhanced_instance_network": NETWORK,
        }
        with self.step(name, headline):
            self.play(name, "provision_instance", variables)

    def find_instances(self) -> None:
        self.story.instances = cloud.instances(ADMIN_CLOUD, NAMES)

    def boot(self) -> None:
        """Boot one volume of each FlexVol as the user of QEMU, through a mount of the compute host."""
        with self.step("boot", "Boot a volume of each FlexVol from its file under QEMU, as the user qemu"):
            for share in sorted({instance.share for instance in self.story.instances}):
                volume = next(found for found in self.story.instances if found.share == share)
                self.story.boots[share] = self.boot_volume(share, f"volume-{volume.volume_id}")

    def boot_volume(self, share: str, file: str) -> Boot:
        guest = Path(__file__).with_name("guest.py")
        python = self.cache.tools / "bin" / "python"
        done = subprocess.run(
            [
                *self.lab_exec,
                str(python),
                str(guest),
                "--share",
                share,
                "--file",
                file,
                "--message",
                self.story.image.message,
            ],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            return Boot(**json.loads(done.stdout.splitlines()[-1]))
        except (IndexError, ValueError, TypeError):
            said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
            return Boot(
                False, 0.0, done.stderr, f"The boot in the lab ended with {done.returncode}: {said[-1]}"
            )

    def glance_traffic(self) -> Traffic:
        with (self.lab.log / "glance-api.log").open(errors="replace") as lines:
            return traffic(lines, self.story.image_id)
