# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same job on iSCSI: from an operator's golden LUN to image-volumes of two pools, instances, and back.

Needs a lab that is up, plain or enhanced; gives it an iSCSI backend beside the NFS one, and in the end takes
both away with all that is on them.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import requests
from image.boot import Boot
from labkit.addresses import ONTAP_PORT, Addresses

from . import cloud
from .glance_log import Traffic, traffic
from .story import ADMIN_CLOUD, FLAVOR, NETWORK, Teller, image_name

SVM, GOLDEN, VOLUME_TYPE = "svm_openstack", "/vol/san_a/golden-debian", "enhanced_san"
POOLS = ("cinder-1@ontap_iscsi#san_a", "cinder-1@ontap_iscsi#san_b")
UNKNOWN, SMALL = "eic-san-download", 8 * 2**20  # an image of which the array has no LUN, and its disk's bytes
NAMES = ["san-01", "san-02", "san-03", "san-04"]
LAYOUT = {
    "enhanced_instance_backends": [
        {"name": "ontap_nfs", "volume_type": "enhanced"},
        {"name": "ontap_iscsi", "protocol": "iscsi", "volume_type": VOLUME_TYPE},
    ],
    "enhanced_instance_flexvols": [
        {"name": "cinder_a", "aggregate": "aggr1", "size": 100, "lif": "{{ lab_net }}.1.11"}
        | {"glance_directory": "glance"},
        {"name": "cinder_b", "aggregate": "aggr2", "size": 100, "lif": "{{ lab_net }}.1.12"},
        {"name": "san_a", "aggregate": "aggr1", "size": 100, "backend": "ontap_iscsi"},
        {"name": "san_b", "aggregate": "aggr2", "size": 100, "backend": "ontap_iscsi"},
    ],
}
# verify: each pool of the image's volume type is to have its image-volume.
CLONES_ONLY = {"enhanced_instance_wanted_path": "cache_clone"}
TEARDOWN = {"enhanced_instance_confirm": "teardown", "enhanced_instance_teardown_backend": True}


@dataclass
class SanStory:
    """What was seen beside the plays."""

    digests: dict[str, str] = field(default_factory=dict)  # pool -> SHA-256 of a cloned volume's content
    boots: dict[str, Boot] = field(default_factory=dict)
    left: dict[str, list] = field(default_factory=dict)  # what the cloud still has after teardown, by kind
    luns: list[str] = field(default_factory=list)  # after teardown
    # Of the image that Cinder downloads: SHA-256 of its disk, bytes of its file, what Glance served of it.
    content: str = ""
    size: int = 0
    downloaded: Traffic | None = None
    entries: dict[str, str] = field(default_factory=dict)  # pool -> image-volume of Cinder's cache
    contents: dict[str, str] = field(default_factory=dict)  # pool, or "volume" -> SHA-256 of the LUN
    luns_after_failure: list[str] = field(default_factory=list)
    volumes_after_failure: dict[str, str] = field(default_factory=dict)


class SanTeller(Teller):
    """Plays the story on iSCSI; ``self.san`` is what it saw."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.san = SanStory()

    def tell(self):
        self.deploy("deploy", "Deploy: an iSCSI backend beside the NFS one")
        self.upload()
        self.write_golden_lun()
        variables = {"enhanced_instance_source_lun": GOLDEN}
        self.use(
            "prime_cache", "prime_cache", "Prime: a LUN clone and a LUN copy, adopted by Cinder", variables
        )
        self.provision("provision_instance", f"Provision {len(NAMES)} instances")
        self.story.instances = cloud.instances(ADMIN_CLOUD, NAMES)
        sent = self.story.provisioned["requests"]
        self.say(f"{sent['openstack']} requests to OpenStack, {sent['ontap']} to ONTAP")
        self.prove()
        self.deploy("deploy_again", "Deploy again: nothing is to change")
        self.use("prime_again", "prime_cache", "Prime again: nothing is to change", variables)
        both = {**variables, "enhanced_instance_volume_type": ""}
        self.use("prime_both", "prime_cache", "Prime both volume types: the golden LUN is for one", both)
        self.provision("provision_again", "Provision again: nothing is to change")
        self.story.traffic = self.glance_traffic()
        self.download()
        self.use("verify", "verify", "Verify: each link holds, and the image is primed", CLONES_ONLY)
        self.use("teardown_refused", "teardown", "Tear down: volumes hold the backends", TEARDOWN, fails=True)
        with self.step("empty", "Remove the instances and volumes of both backends"):
            cloud.empty(ADMIN_CLOUD, [backend["name"] for backend in LAYOUT["enhanced_instance_backends"]])
        self.use("teardown", "teardown", "Tear down: what deploy made goes", TEARDOWN)
        self.use(
            "verify_after", "verify", "Verify: nothing is left", CLONES_ONLY, fails=True, limit="localhost"
        )
        self.san.left = cloud.left(ADMIN_CLOUD)
        self.san.luns = self.luns()
        return self.story

    def deploy(self, name, headline):
        with self.step(name, headline):
            self.play(name, "deploy", LAYOUT)

    def use(self, name, playbook, headline, more=None, fails=False, limit=""):
        variables = {
            **LAYOUT,
            "enhanced_instance_image": image_name(self.story.image),
            "enhanced_instance_volume_type": VOLUME_TYPE,
            **(more or {}),
        }
        with self.step(name, headline):
            self.play(name, playbook, variables, fails, limit)

    def provision(self, name, headline):
        asked = {
            "enhanced_instance_names": NAMES,
            "enhanced_instance_flavor": FLAVOR,
            "enhanced_instance_network": NETWORK,
            "enhanced_instance_download": "refuse",
        }
        self.use(name, "provision_instance", headline, asked)

    def download(self):
        """A qcow2 image, of which the array can have no LUN: Cinder downloads it, once into each pool."""
        with tempfile.TemporaryDirectory() as folder:
            raw, qcow2 = Path(folder, "raw"), Path(folder, "qcow2")
            raw.write_bytes(os.urandom(SMALL))
            subprocess.run(["qemu-img", "convert", "-O", "qcow2", str(raw), str(qcow2)], check=True)
            self.san.content = hashlib.sha256(raw.read_bytes()).hexdigest()
            self.san.size = qcow2.stat().st_size
            image_id = cloud.upload(ADMIN_CLOUD, UNKNOWN, qcow2, disk_format="qcow2")
        wanted = {"enhanced_instance_image": UNKNOWN}
        self.no_initiator(True)
        self.use(
            "prime_nothing", "prime_cache", "Prime by download, on a host without initiator", wanted, True
        )
        self.san.luns_after_failure, self.san.volumes_after_failure = self.luns(), cloud.volumes(ADMIN_CLOUD)
        self.no_initiator(False)
        self.use("prime_download", "prime_cache", "Prime a qcow2 image: one download a pool", wanted)
        self.use("prime_download_again", "prime_cache", "Prime it again: nothing is to change", wanted)
        self.san.entries = cloud.volumes(ADMIN_CLOUD, f"image-{image_id}")
        with self.step("clone", "A volume that Cinder makes of it is a clone"):
            made = cloud.make_volume(ADMIN_CLOUD, UNKNOWN, image_id, VOLUME_TYPE)
            for pool, volume_id in {**self.san.entries, "volume": made.id}.items():
                flexvol = (made.host if pool == "volume" else pool).partition("#")[2]
                lun = f"/vol/{flexvol}/volume-{volume_id}"
                self.san.contents[pool] = self.in_lab("digest", lun, "--size", str(SMALL))["sha256"]
        with (self.lab.log / "glance-api.log").open(errors="replace") as lines:
            self.san.downloaded = traffic(lines, image_id)

    def no_initiator(self, yes: bool) -> None:
        command = ["touch"] if yes else ["rm", "--force"]
        subprocess.run(
            [*self.lab_exec, *command, "/var/lib/cinder/no-initiator"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            check=True,
        )

    def luns(self) -> list[str]:
        return sorted(one["name"] for one in self.ontap("GET", "/storage/luns").json()["records"])

    def write_golden_lun(self):
        """An operator's golden LUN: made by REST, written on the array's side."""
        with self.step("golden", f"Write the image into LUN {GOLDEN}"):
            size = Path(self.story.image.path).stat().st_size
            body = {"svm.name": SVM, "name": GOLDEN, "os_type": "linux", "space.size": size}
            answer = self.ontap("POST", "/storage/luns?return_timeout=60", body)
            if answer.status_code not in (201, 202, 409):
                raise AssertionError(answer.text)
            self.in_lab("write", GOLDEN, "--source", str(self.story.image.path))

    def ontap(self, method, path, body=None):
        host = Addresses(self.env["EIC_NET"]).cluster
        password = (self.lab.secrets / "ontap_admin").read_text().strip()
        with requests.Session() as session:
            session.trust_env = False
            session.auth, session.verify = ("admin", password), str(self.lab.ca / "ca.pem")
            return session.request(method, f"https://{host}:{ONTAP_PORT}/api{path}", json=body, timeout=90)

    def in_lab(self, *words) -> dict:
        python = self.cache.tools / "bin" / "python"
        done = subprocess.run(
            [*self.lab_exec, str(python), str(Path(__file__).with_name("luns.py")), *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def prove(self):
        """Checksum of one instance's volume in each pool, and boot of the last one, from the LUN's file."""
        size = str(Path(self.story.image.path).stat().st_size)
        with self.step("boot", "Compare a volume of each pool, and boot one, from the LUN's file"):
            for pool in sorted({instance.pool for instance in self.story.instances}):
                one = next(found for found in self.story.instances if found.pool == pool)
                lun = f"/vol/{pool.partition('#')[2]}/volume-{one.volume_id}"
                self.san.digests[pool] = self.in_lab("digest", lun, "--size", size)["sha256"]
            seen = self.in_lab("boot", lun, "--message", self.story.image.message)
            self.san.boots[pool] = Boot(**seen)
