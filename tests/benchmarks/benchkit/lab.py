# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab of a run: brought up when a row needs it and taken down at the end; or one already up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from labkit import addresses, command, paths, state

from .bare import Bare

LAB = [sys.executable, str(paths.LAB_SOURCE / "lab.py")]
USER_CLOUD, ADMIN_CLOUD = "lab-demo", "lab-admin"
BACKEND, VOLUME_TYPE, FLAVOR = "ontap_nfs", "enhanced", "m1.tiny"
# A network of our own: the lab's has 250 addresses, and a row wants 300.
NETWORK, SUBNET = "bench", "10.78.0.0/20"
FLEXVOLS = 4
PLAIN, ENHANCED = "plain", "enhanced"
# By these ports the requests of a play are told apart.
SIDES = {"ONTAP": {addresses.ONTAP_PORT}, "OpenStack": set(addresses.PORTS.values())}
MIB = 1 << 20


class LabRefused(Exception):
    """The lab is not what the row needs; the text is one sentence."""


class Lab:
    """``borrowed``: it was up before us, so it is neither made plain nor taken down."""

    def __init__(self, bench):
        self.bench = bench
        self.place = paths.Lab(paths.lab_root().absolute())
        self.net = addresses.from_environment().net
        self.borrowed = command.the_life().judged()[0] == state.UP if os.geteuid() == 0 else False
        self.ours = False
        self.enhanced = False
        self.images = {}

    # ---- life
    def need(self, kind):
        """Have the lab as a row needs it: ``plain`` or ``enhanced``."""
        if os.geteuid() != 0:
            raise LabRefused("The lab needs root.")
        if kind == PLAIN and self.borrowed:
            raise LabRefused(
                "This row begins with a plain lab, and one is up already: run 'make lab-down' first."
            )
        if kind == ENHANCED and not self.enhanced:
            if not self.borrowed and not self.ours:
                self.fresh()
            self.bench.say("deploy (not measured)")
            done = self.play("deploy")
            if done.failed:
                raise LabRefused(f"deploy did not work: {done.failed}")
            self.enhanced = True
        if kind == ENHANCED:
            self.bare().need_network(NETWORK, SUBNET)

    def fresh(self):
        """A plain lab of our own; the one that we had goes."""
        self.leave()
        self.bench.say("lab up")
        self._call("up")
        self.ours = True

    def leave(self):
        """Take the lab down, if it is ours."""
        if self.ours:
            self.bench.say("lab down")
            self.ours = self.enhanced = False
            self.images = {}
            self._call("down")

    def _call(self, action):
        done = subprocess.run(
            [*LAB, action],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabRefused(f"lab.py {action} ended with {done.returncode}: {done.stdout.strip()[-300:]}")

    # ---- work
    @property
    def env(self):
        """What a play on the lab wants to have set."""
        return {
            "EIC_LAB": str(self.place.root),
            "EIC_NET": self.net,
            "OS_CLIENT_CONFIG_FILE": str(self.place.clouds),
        }

    @property
    def flexvols(self):
        """An operator's list: four FlexVols over both nodes."""
        found = [
            {
                "name": f"cinder_{'abcd'[number]}",
                "aggregate": f"aggr{number % 2 + 1}",
                "size": 100,
                "lif": f"{self.net}.1.{11 + number % 2}",
            }
            for number in range(FLEXVOLS)
        ]
        found[0]["glance_directory"] = "glance"
        return found

    def play(self, playbook, variables=None, **options):
        """A playbook on the lab."""
        given = {
            "enhanced_instance_flexvols": self.flexvols,
            "enhanced_instance_backend": BACKEND,
            "enhanced_instance_volume_type": VOLUME_TYPE,
            **(variables or {}),
        }
        return self.bench.play(playbook, given, extra=self.env, **options)

    def bare(self, cloud=USER_CLOUD):
        """The bare client for one of the lab's clouds."""
        return Bare(self.place.clouds, cloud)

    def image(self, name, mib):
        """The ID of an image of random data, uploaded when the lab has none of that name."""
        if name in self.images:
            return self.images[name]
        import openstack

        os.environ["OS_CLIENT_CONFIG_FILE"] = str(self.place.clouds)
        if self.borrowed:  # an earlier run may have left it
            with openstack.connect(cloud=USER_CLOUD) as connection:
                known = next(connection.image.images(name=name, owner=connection.current_project_id), None)
            if known is not None:
                self.images[name] = known.id
                return known.id
        self.bench.say(f"upload image {name}, {mib} MiB")
        with tempfile.TemporaryDirectory(prefix="eic-bench-", dir=self.place.root) as folder:
            path = Path(folder, "image")
            with path.open("wb") as file:
                for _number in range(mib):
                    file.write(os.urandom(MIB))
            with openstack.connect(cloud=USER_CLOUD) as connection:
                image = connection.image.create_image(
                    name,
                    filename=str(path),
                    disk_format="raw",
                    container_format="bare",
                    wait=True,
                    timeout=600,
                )
        self.images[name] = image.id
        return image.id

    def prime(self, image):
        """Cache entries on all FlexVols, not measured."""
        done = self.play("prime_cache", {"enhanced_instance_image": image})
        if done.failed:
            raise LabRefused(f"prime_cache did not work: {done.failed}")
        return done

    def instances(self, image, prefix, count, **more):
        """The variables of provision_instance."""
        return {
            "enhanced_instance_image": image,
            "enhanced_instance_flavor": FLAVOR,
            "enhanced_instance_network": NETWORK,
            "enhanced_instance_count": count,
            "enhanced_instance_name_pattern": prefix + "{index:03d}",
            **more,
        }
