# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of two SVMs with FlexVols, for the ONTAP modules' tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ontap_sim.harness import Simulator

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.client import (
    OntapClient,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.ontap.connection import (
    Connection,
)

SIZE = 8 * 2**20


class Cluster:
    """The simulator, the local roots of its FlexVols (vol1, vol2 of svm1; far of svm2), and logins to it."""

    def __init__(self, sim, roots):
        self.sim = sim
        self.roots = roots
        self.clients = []

    def login(self, **more):
        """Connection arguments as a module has them."""
        sim = self.sim
        arguments = {
            "hostname": sim.host,
            "http_port": sim.port,
            "username": sim.username,
            "password": sim.password,
            "ca_path": sim.ca,
        }
        return {name: value for name, value in {**arguments, **more}.items() if value is not None}

    def client(self, retry_total=20, **more):
        """A client of its own."""
        self.clients.append(OntapClient(Connection.from_params(self.login(**more)), retry_total=retry_total))
        return self.clients[-1]

    def content(self, volume, path):
        """The bytes of a file."""
        return (self.roots[volume] / path).read_bytes()

    def names(self, volume):
        """The names in a root, without directories."""
        return sorted(file.name for file in self.roots[volume].iterdir() if file.is_file())

    def calls(self, method, path):
        """How often a path was asked for since the test began."""
        return sum(
            1
            for entry in self.sim.control.audit()[self.before :]
            if entry["method"] == method and entry["path"] == path
        )

    def begin(self):
        """Only files of the test itself, no switches, no faults."""
        self.sim.control.reset()
        self.before = len(self.sim.control.audit())
        for root in self.roots.values():
            for file in root.iterdir():
                if file.is_file():
                    file.unlink()
        source = self.roots["vol1"] / "glance" / "image"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(os.urandom(SIZE))
        os.chown(source, 42415, 42415)

    def end(self):
        """Close the test's clients."""
        while self.clients:
            self.clients.pop().close()


@pytest.fixture(scope="session", name="running")
def fixture_running():
    """The simulator, for all tests here."""
    if os.geteuid() != 0:
        pytest.skip("the simulator's file systems need root")
    with Simulator(svms=("svm1", "svm2")) as sim:
        roots = sim.prepare_nfs("svm1", volumes=("vol1", "vol2"), size="1GB")
        roots |= sim.prepare_nfs("svm2", volumes=("far",), size="1GB")
        yield Cluster(sim, {name: Path(root) for name, root in roots.items()})


@pytest.fixture(name="cluster")
def fixture_cluster(running):
    """The simulator with one image in vol1/glance, and nothing else."""
    running.begin()
    yield running
    running.end()
