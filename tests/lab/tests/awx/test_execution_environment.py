# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: ansible-builder takes its definition, and what it installs is enough."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from awx_lab import parts
from labkit.paths import CHECKOUT

DEFINITION = CHECKOUT / "execution-environment" / "execution-environment.yml"
# A tarball takes this along, and the test needs a copy without everything else.
CONTENT = (
    "galaxy.yml",
    "meta",
    "plugins",
    "roles",
    "playbooks",
    "README.md",
    "requirements.txt",
    "bindep.txt",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the definition with the collection's tarball in it, made as the definition says."""
    source = tmp_path_factory.mktemp("checkout")
    for name in (*CONTENT, "execution-environment"):
        origin = CHECKOUT / name
        shutil.copytree(origin, source / name) if origin.is_dir() else shutil.copy(origin, source / name)
    words = [
        Path(sys.executable).parent / "ansible-galaxy",
        "collection",
        "build",
        "..",
        "--output-path",
        ".",
    ]
    subprocess.run([*map(str, words), "--output-path", "."], cwd=source / "execution-environment", check=True)
    return source / "execution-environment"


def test_ansible_builder_takes_the_definition(built, cache):
    lock = parts.REQUIREMENTS / "builder.lock"
    tool = parts.virtualenv(cache.root, "ansible-builder", "--no-deps", "--requirement", str(lock))
    subprocess.run([str(tool / "bin" / "ansible-builder"), "create"], cwd=built, check=True)
    context = built / "context" / "_build"
    assert [path.name for path in (context / "collection").iterdir()] == [
        yaml.safe_load(DEFINITION.read_text())["additional_build_files"][0]["src"]
    ]


def test_the_tarball_brings_its_requirements(built):
    """ansible-builder reads each collection's meta/execution-environment.yml and the files that it names."""
    listed = subprocess.run(
        ["tar", "-tzf", *map(str, built.glob("*.tar.gz"))], capture_output=True, text=True, check=True
    ).stdout.split()
    named = yaml.safe_load((CHECKOUT / "meta" / "execution-environment.yml").read_text())["dependencies"]
    assert {"meta/execution-environment.yml", *named.values()} <= set(listed)


@pytest.mark.parametrize("name", ["deploy", "prime_cache", "provision_instance"])
def test_the_playbooks_are_understood_in_it(execution_environment, cache, name):
    done = subprocess.run(
        [
            str(execution_environment / "bin" / "ansible-playbook"),
            "--syntax-check",
            "-i",
            "localhost,",
            str(CHECKOUT / "playbooks" / f"{name}.yml"),
        ],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(cache.checkout())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


NOWHERE = {"ontap": [], "cloud": "nowhere"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("instances", {**NOWHERE, "state": "absent", "names": ["web-1"]}),
        ("image_cache", {**NOWHERE, "images": ["debian"]}),
        ("image_path_info", {**NOWHERE, "images": ["debian"]}),
    ],
)
def test_the_modules_find_their_libraries_in_it(execution_environment, cache, name, arguments):
    """A module without its libraries would name these in place of the cloud that is not there."""
    module = f"openstack_ontap.enhanced_instance.{name}"
    words = ["localhost", "-i", "localhost,", "-c", "local", "-m", module]
    done = subprocess.run(
        [str(execution_environment / "bin" / "ansible"), *words, "-a", json.dumps(arguments)],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(cache.checkout()),
            "ANSIBLE_PYTHON_INTERPRETER": str(execution_environment / "bin" / "python"),
            "OS_CLIENT_CONFIG_FILE": "/nonexistent",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nowhere" in done.stdout
    assert "not usable here" not in done.stdout
