# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role ontap_svm on a simulator: an operator with ansible-playbook, and a look at what came of it.

The operator's account has the least rights that the role itself would give it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import observed_rights
import pytest
import requests
from ontap_sim.harness import Simulator

ACCOUNT = "deployer"
ROLE = "openstack_ontap.enhanced_instance.ontap_svm"


class Operator:
    """Runs the role with variables of its own; what it made can be looked at by REST."""

    def __init__(self, sim, folder):
        self.sim, self.folder = sim, folder
        self.session = requests.Session()
        self.session.trust_env = False  # REQUESTS_CA_BUNDLE would win over verify
        self.session.auth, self.session.verify = sim.auth, sim.ca

    def connection(self, vserver="svm1", **more):
        sim = self.sim
        base = {
            "hostname": sim.host,
            "http_port": sim.port,
            "username": ACCOUNT,
            "password": observed_rights.PASSWORD,
            "ca_path": sim.ca,
            "vserver": vserver,
        }
        return {**base, **more}

    def rest(self, method, path, body=None):
        path += ("&" if "?" in path else "?") + "return_timeout=30" if method != "GET" else ""
        answer = self.session.request(method, self.sim.url(path), json=body, timeout=60)
        assert answer.status_code < 400, f"{method} {path}: {answer.text}"
        return answer.json()

    def record(self, path):
        return self.rest("GET", path)["records"][0]

    def volume(self, name):
        return self.record(f"/storage/volumes?name={name}&fields=**")

    def run(self, variables, *options, tasks_from="main", fails=False):
        """``{task name: [results]}`` of one run of the role, with the counts under ``stats``."""
        book = self.folder / "play.json"
        include = {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": tasks_from}}
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [include]}]))
        known = self.folder / "variables.json"
        base = {
            "ontap_svm_connection": self.connection(),
            "ontap_svm_rights_for": ["deploy"],
            "ontap_svm_capability_file": str(self.folder / "capabilities.json"),
        }
        known.write_text(json.dumps({**base, **variables}))
        environment = {
            **os.environ,
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
        }
        command = [Path(sys.executable).parent / "ansible-playbook", book, "-e", f"@{known}"]
        command += ["-e", "ansible_python_interpreter=" + sys.executable, *options]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        for secret in (self.sim.password, observed_rights.PASSWORD):
            assert secret not in done.stdout + done.stderr
        assert (done.returncode != 0) == fails, done.stdout[-6000:] + done.stderr[-3000:]
        content = json.loads(done.stdout[done.stdout.index("{") :])
        found = {}
        for task in content["plays"][0]["tasks"]:
            found.setdefault(task["task"]["name"].rpartition(" : ")[2], []).extend(task["hosts"].values())
        found["stats"] = content["stats"]["localhost"]
        return found


@pytest.fixture(scope="session", name="asked")
def fixture_asked():
    """Everything that operators asked of their clusters."""
    return []


@pytest.fixture(name="operator")
def fixture_operator(tmp_path, asked):
    """An operator in front of a plain cluster of two SVMs."""
    if os.geteuid() != 0:
        pytest.fail("the simulator's file systems need root")
    with Simulator(svms=("svm1", "svm2")) as sim:
        observed_rights.account(sim, ACCOUNT, ["deploy"])
        yield Operator(sim, tmp_path)
        asked += sim.control.audit()
