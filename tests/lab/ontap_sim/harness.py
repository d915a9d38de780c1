# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of one's own, for tests: temporary state, free ports, its own CA, started as a subprocess.

::

    with Simulator() as sim:
        requests.get(sim.url("/cluster"), auth=sim.auth, verify=sim.ca)
        sim.control.set(clone_existing="overwrite")
        sim.volume_root("vol1")          # the local directory behind a FlexVol

Needs root for its loop mounts, which end with it. The management LIFs of the cluster and of each SVM have
addresses of their own on 127.0.0.0/8 and one port in common; LIF addresses of SVMs are in ``sim.svms``.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from .certificates import Authority
from .control_client import Control, ControlError

__all__ = ["ControlError", "Simulator", "SimulatorError"]
PASSWORD = "Netapp1234"
PACKAGE_PARENT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SimulatorError(RuntimeError):
    pass


def seed(prefix, version="9.17.1", svms=("svm1",), **extra):
    """The default seed: cluster ``sim``, two nodes, aggr1 and aggr2; each SVM with vsadmin and LIFs."""
    content = {
        "version": version,
        "cluster": {
            "name": "sim",
            "management": f"{prefix}.1.1",
            "nodes": ["sim-01", "sim-02"],
            "aggregates": [
                {"name": "aggr1", "node": "sim-01", "size": "100TB"},
                {"name": "aggr2", "node": "sim-02", "size": "100TB"},
            ],
        },
        "accounts": [{"name": "admin", "password": PASSWORD, "certificate": True}],
        "svms": [
            {
                "name": name,
                "accounts": [{"name": "vsadmin", "password": PASSWORD, "certificate": True}],
                "lifs": [
                    {
                        "name": f"{name}_mgmt",
                        "address": f"{prefix}.{number}.10",
                        "service_policy": "default-management",
                    },
                    {"name": f"{name}_a", "address": f"{prefix}.{number}.11", "node": "sim-01"},
                    {"name": f"{name}_b", "address": f"{prefix}.{number}.12", "node": "sim-02"},
                    {
                        "name": f"{name}_i",
                        "address": f"{prefix}.{number}.13",
                        "service_policy": "default-data-blocks",
                    },
                ],
            }
            for number, name in enumerate(svms, 1)
        ],
    }
    content.update(extra)
    return content


class Simulator:
    """``tls=False`` serves plain HTTP. ``state_dir`` keeps the state; else it is temporary."""

    program = ("-m", "ontap_sim")  # what Python is started with

    def __init__(
        self, version="9.17.1", svms=("svm1",), switches=None, tls=True, state_dir=None, content=None
    ):
        self.prefix = f"127.{random.randint(40, 250)}"
        self.svm_names = list(svms)
        self.tls = tls
        self.folder = tempfile.mkdtemp(prefix="ontap-sim-")
        os.chmod(self.folder, 0o711)  # other users reach the FlexVols, as over NFS
        self.state_dir = state_dir or os.path.join(self.folder, "state")
        self.content = content or seed(self.prefix, version, svms, switches=switches or {})
        self.host = self.content["cluster"].get("management", "127.0.0.1")
        self.svms = {
            item["name"]: {lif["name"]: lif["address"] for lif in item["lifs"]}
            for item in self.content["svms"]
        }
        self.port = _free_port(self.host)
        self.username, self.password = "admin", PASSWORD
        self.auth = (self.username, self.password)
        self.ca = None
        self.control = Control(os.path.join(self.folder, "control.sock"))
        self._process = None
        self._authority = None

    # ---- life
    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *exception):
        self.close()

    @property
    def addresses(self):
        return [
            self.host,
            *(
                address
                for lifs in self.svms.values()
                for name, address in lifs.items()
                if name.endswith("_mgmt")
            ),
        ]

    def start(self):
        if os.geteuid() != 0:
            raise SimulatorError(
                "The ONTAP simulator mounts its FlexVols through loop devices; run the tests as root."
            )
        os.makedirs(self.state_dir, mode=0o711, exist_ok=True)
        seed_path = os.path.join(self.folder, "seed.json")
        with open(seed_path, "w", encoding="utf-8") as file:
            json.dump(self.content, file)
        command = [
            sys.executable,
            *self.program,
            "--state-dir",
            self.state_dir,
            "--control-socket",
            self.control.path,
            "--seed",
            seed_path,
            "--unmount-on-exit",
            "--with-parent",
        ]
        for address in self.addresses:
            command += ["--listen", f"{address}:{self.port}"]
        if self.tls:
            if self._authority is None:
                self._authority = Authority(os.path.join(self.folder, "ca"))
                self._server_certificate = self._authority.issue("ontap-sim", self.addresses)
            self.ca = self._authority.path
            certificate, key = self._server_certificate
            command += ["--cert", certificate, "--key", key, "--client-ca", self.ca]
        environment = {
            **os.environ,
            "PYTHONPATH": PACKAGE_PARENT + os.pathsep + os.environ.get("PYTHONPATH", ""),
        }
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self.folder
            )
        self._wait()
        return self

    @property
    def log_path(self):
        return os.path.join(self.folder, "log")

    @property
    def pid(self):
        return self._process.pid

    def _wait(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if self.control.health()["listening"]:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            raise SimulatorError(f"The ONTAP simulator did not start:\n{log.read()[-4000:]}")

    def kill(self):
        """As kill -9; the mounts stay, as they would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def close(self):
        self.stop()
        volumes = os.path.join(self.state_dir, "volumes")
        for name in os.listdir(volumes) if os.path.isdir(volumes) else ():
            path = os.path.join(volumes, name)
            if os.path.ismount(path):
                subprocess.run(["umount", "-l", path], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- for tests
    def url(self, path, host=None):
        return f"{'https' if self.tls else 'http'}://{host or self.host}:{self.port}/api{path}"

    def svm_host(self, svm=None):
        """The address of an SVM's management LIF (for SVM accounts)."""
        svm = svm or self.svm_names[0]
        return self.svms[svm][f"{svm}_mgmt"]

    def client_certificate(self, account):
        return self._authority.issue(f"{account}", client=True)

    def volume_root(self, name):
        """The local directory that NFS clients of this volume would see."""
        for entry in self.control.request("GET", "/volumes"):
            if entry["name"] == name:
                return entry["root"]
        raise SimulatorError(f"There is no volume {name}.")

    def prepare_nfs(self, svm=None, volumes=("vol1", "vol2"), size="1GB", clients="127.0.0.0/8"):
        """A short cut for tests: NFS and vStorage on, an open export rule, volumes with junction /<name>."""
        import requests

        svm = svm or self.svm_names[0]
        session = requests.Session()
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over verify
        session.auth, session.verify = self.auth, self.ca or False

        def send(method, path, body):
            answer = session.request(method, self.url(path), json=body)
            if answer.status_code >= 400:
                raise SimulatorError(f"{method} {path}: {answer.text}")
            return answer.json()

        send(
            "POST",
            "/protocols/nfs/services",
            {
                "svm.name": svm,
                "protocol.v41_enabled": True,
                "protocol.v40_enabled": True,
                "vstorage_enabled": True,
            },
        )
        policy = send("GET", f"/protocols/nfs/export-policies?svm.name={svm}&name=default", None)["records"][
            0
        ]["id"]
        send(
            "POST",
            f"/protocols/nfs/export-policies/{policy}/rules",
            {"clients": [{"match": clients}], "ro_rule": ["sys"], "rw_rule": ["sys"], "superuser": ["sys"]},
        )
        for number, name in enumerate(volumes):
            send(
                "POST",
                "/storage/volumes?return_timeout=60",
                {
                    "name": name,
                    "svm": {"name": svm},
                    "aggregates": [{"name": f"aggr{number % 2 + 1}"}],
                    "size": size,
                    "nas.path": f"/{name}",
                    "guarantee.type": "none",
                    "space.snapshot.reserve_percent": 0,
                },
            )
        return {name: self.volume_root(name) for name in volumes}


def _free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
