# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the row's own, its login as a play takes it, and files to work on."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from ontap_sim.harness import Simulator

GIB = 1 << 30
MIB = 1 << 20


class FolderSimulator(Simulator):
    """FlexVols are folders: see folder_simulator.py."""

    program = (str(Path(__file__).with_name("folder_simulator.py")),)


def login(sim, svm=None):
    """The connection as our modules take it in ``ontap``."""
    return {
        "hostname": sim.host,
        "http_port": sim.port,
        "username": sim.username,
        "password": sim.password,
        "ca_path": sim.ca,
        "vserver": svm or sim.svm_names[0],
    }


def flat(sim, volume, svm=None):
    """The same as variables of the plays in rivals/."""
    return {
        "bench_hostname": sim.host,
        "bench_port": sim.port,
        "bench_username": sim.username,
        "bench_password": sim.password,
        "bench_ca": sim.ca,
        "bench_vserver": svm or sim.svm_names[0],
        "bench_volume": volume,
    }


def lifs(sim, svm=None):
    """The addresses that serve NFS, in a fixed order."""
    own = sim.svms[svm or sim.svm_names[0]]
    return [own[name] for name in sorted(own) if name.endswith(("_a", "_b"))]


def make_volumes(sim, svm, names, size="1TB"):
    """Many volumes of one SVM, several at a time."""
    session = requests.Session()
    session.trust_env = False
    session.auth, session.verify = sim.auth, sim.ca

    def one(numbered):
        number, name = numbered
        body = {
            "name": name,
            "svm": {"name": svm},
            "aggregates": [{"name": f"aggr{number % 2 + 1}"}],
            "size": size,
            "nas.path": f"/{name}",
            "guarantee.type": "none",
        }
        answer = session.post(sim.url("/storage/volumes?return_timeout=60"), json=body)
        if answer.status_code >= 400:
            raise RuntimeError(f"volume {name} could not be made: {answer.text}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, enumerate(names)))


def write_whole(path, size, seed=9):
    """A file of random data without holes."""
    source = random.Random(seed)
    with open(path, "wb") as file:
        for _number in range(size // MIB):
            file.write(source.randbytes(MIB))
    os.chown(path, 42415, 42415)


def write_sparse(path, size, pieces=16, share=16):
    """A file as an image of that size is: a sixteenth is data, in pieces all over it, holes between.

    The number of pieces is the same for every size: sharing blocks costs XFS some 20 microseconds an extent,
    which is the simulator's file system and not ONTAP. Returns the bytes of data.
    """
    source, step, piece = random.Random(size), size // pieces, size // pieces // share
    data = source.randbytes(MIB)
    with open(path, "wb") as file:
        file.truncate(size)
        for offset in range(0, size, step):
            file.seek(offset)
            for _number in range(piece // MIB):
                file.write(data)
    return pieces * piece
