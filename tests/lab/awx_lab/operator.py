# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator who runs playbooks/awx.yml against an AWX."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from labkit.paths import CHECKOUT

GIVEN = {
    "awx_templates_scm_url": "https://git.example.org/enhanced-instance.git",
    "awx_templates_execution_environment_image": "registry.example.org/enhanced-instance:0.1.0",
}


class Literal(yaml.SafeDumper):
    """Writes a text with braces so that Ansible takes it as it is."""

    def represent_data(self, data):
        if isinstance(data, str) and "{{" in data:
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


@dataclass(frozen=True)
class Run:
    """What a run of the playbook printed, and what it asked of AWX."""

    code: int
    output: str
    requests: tuple

    @property
    def changed(self):
        return int(re.search(r"changed=(\d+)", self.output).group(1))

    @property
    def writes(self):
        """(method, address) of each request that changes something, log-in and log-out apart."""
        return [one for one in self.requests if one[0] != "GET" and "/tokens/" not in one[1]]

    def items(self, state, task):
        """Labels of the loop items of ``task`` that were ``state`` (ok, changed)."""
        part = self.output.split(f": {task}] ")[1].split("\nTASK ")[0]
        return re.findall(rf"^{state}: .*\(item=(.*)\)$", part, re.MULTILINE)


def run(server, collections, *options, password=None, **variables):
    """Runs playbooks/awx.yml with these variables; ``collections`` is the path of collections."""
    environment = {
        **os.environ,
        **server.environment(),
        **({"CONTROLLER_PASSWORD": password} if password else {}),
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
    }
    before = len(server.requests)
    words = [Path(sys.executable).parent / "ansible-playbook", CHECKOUT / "playbooks" / "awx.yml", *options]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as given:
        yaml.dump({**GIVEN, **variables}, given, Dumper=Literal)
        given.flush()
        done = subprocess.run(
            [*map(str, words), "-e", f"@{given.name}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return Run(done.returncode, done.stdout, tuple(server.requests[before:]))
