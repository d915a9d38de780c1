# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's arguments on their way into logs and results: what is a secret in a cloud is in neither."""

from __future__ import annotations

import json
import sys

import pytest
from ansible.module_utils import basic

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.arguments import (
    openstack_argument_spec,
)
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.module import CloudModule

LOGIN = {"auth_url": "http://k/v3", "username": "demo", "password": "hunter-2", "project_name": "p"}
APPLICATION = {"application_credential_id": "one", "application_credential_secret": "hunter-2"}


@pytest.fixture(name="module")
def the_module(monkeypatch):
    """Makes a module; what it logs is in ``logged``."""
    logged = []
    monkeypatch.setattr(CloudModule, "log", lambda self, msg, log_args=None: logged.append((msg, log_args)))
    monkeypatch.setattr(sys, "argv", ["module"])

    def make(**arguments):
        given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", given)
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        made = CloudModule({**openstack_argument_spec(), "admin_cloud": {"type": "raw"}})
        made.logged = logged
        return made

    return make


@pytest.mark.parametrize("auth", [LOGIN, APPLICATION])
@pytest.mark.parametrize("name", ["cloud", "admin_cloud"])
def test_a_cloud_as_a_dictionary_hides_its_secrets(module, capsys, name, auth):
    made = module(**{name: {"auth": auth, "region_name": "R"}})
    with pytest.raises(SystemExit):
        made.fail_json(msg="wrong: hunter-2 in region R")
    shown = capsys.readouterr().out + str(made.logged)
    assert "hunter" not in shown and "Invoked with" in shown
    assert "region R" in shown and (auth.get("username") or "one") in shown


def test_arguments_that_are_wrong_do_not_show_them_either(module, capsys):
    with pytest.raises(SystemExit):
        module(cloud={"auth": LOGIN}, interface="nowhere")
    shown = capsys.readouterr().out
    assert "hunter" not in shown and "interface" in shown


def test_a_cloud_by_name_stays_readable(module, capsys):
    made = module(cloud="demo")
    with pytest.raises(SystemExit):
        made.exit_json(msg="cloud demo")
    assert "cloud demo" in capsys.readouterr().out


@pytest.mark.parametrize("switch", ["private", "token_private", "passcode"])
def test_switches_are_no_secrets(module, capsys, switch):
    """``private`` is one of clouds.yaml; ansible-core 2.17 hides what is a secret in booleans, too."""
    made = module(cloud={"auth": LOGIN, switch: False, "private_key": "hunter-3"})
    assert made.no_log_values >= {"hunter-2", "hunter-3"} and "False" not in made.no_log_values
    with pytest.raises(SystemExit):
        made.exit_json(changed=False, msg="False or hunter-3")
    shown = json.loads(capsys.readouterr().out)
    assert shown["changed"] is False and shown["msg"].startswith("False or *")


def test_the_interface_of_a_private_network_is_no_secret(module, capsys):
    made = module(cloud={"auth": LOGIN, "private": "internal"})
    with pytest.raises(SystemExit):
        made.exit_json(msg="internal")
    assert json.loads(capsys.readouterr().out)["msg"] == "internal"
