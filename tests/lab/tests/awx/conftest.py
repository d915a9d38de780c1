# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the AWX templates share: collections, a stand-in for AWX, one that the role filled."""

from __future__ import annotations

import os

import pytest
import yaml
from awx_lab import operator, parts
from awx_lab.planted import HOSTS, PLANTED
from awx_lab.server import AwxServer
from labkit import command, paths

PLAYBOOKS = tuple(f"playbooks/{path.name}" for path in (paths.CHECKOUT / "playbooks").glob("*.yml"))


@pytest.fixture(scope="session", autouse=True)
def no_bundle_of_the_machine():
    """An execution environment knows nothing of the CA bundle that the machine's user may have chosen."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def cache():
    """The lab's cache folder."""
    return command.make_cache()[1]


@pytest.fixture(scope="session")
def collections(cache):
    """ANSIBLE_COLLECTIONS_PATH with this checkout, what it depends on, and awx.awx."""
    return f"{cache.checkout()}:{parts.awx_collection(cache.root)}"


@pytest.fixture(scope="session")
def execution_environment(cache):
    """A virtualenv with exactly what the execution environment's definition and requirements.txt say."""
    definition = paths.CHECKOUT / "execution-environment" / "execution-environment.yml"
    named = yaml.safe_load(definition.read_text())["dependencies"]
    core, runner = named["ansible_core"]["package_pip"], named["ansible_runner"]["package_pip"]
    requirements = str(paths.CHECKOUT / "requirements.txt")
    return parts.virtualenv(cache.root, "execution-environment", core, runner, "--requirement", requirements)


@pytest.fixture(scope="module")
def awx():
    """An AWX as it is after its installation."""
    with AwxServer(PLAYBOOKS) as server:
        yield server


@pytest.fixture(scope="module")
def filled(awx, collections):
    """The objects in an AWX after one run of the role, with secrets planted in the credentials."""
    done = operator.run(awx, collections, **PLANTED, **HOSTS)
    assert done.code == 0, done.output
    return awx.store
