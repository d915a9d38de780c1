# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backend_info
short_description: Whether Cinder's backends are up, or idle, and the wait for it
version_added: "0.1.0"
description:
  - V(up) looks whether Cinder reports the wanted pools and whether their services are up. Right after a
    restart a service is up before its driver is, so the pools' statistics must be younger than O(since).
  - V(idle) looks whether a volume is being created, downloaded, uploaded, extended, retyped or managed on the
    hosts, because a restart of cinder-volume would leave it in error.
  - Changes nothing. Needs an administrator's cloud.
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
options:
  until:
    description:
      - What to wait for. V(idle) fails when it is not so after O(wait_seconds); V(up) tells what is lacking.
    type: str
    choices: [up, idle]
    default: up
  backends:
    description: Names of the backends.
    type: list
    elements: str
    default: []
  pools:
    description: The wanted pools, each as C(backend#share).
    type: list
    elements: str
    default: []
  hosts:
    description:
      - Names of the hosts as Cinder has them (its options C(host) and C(backend_host)). With none given all
        count for V(idle), and any is enough for V(up). Hosts of a cluster have their pools in common, so name
        the one that was restarted; with O(since) it is up when it has sent a heartbeat.
    type: list
    elements: str
    default: []
  since:
    description:
      - Time in UTC by the clock of the Cinder host, as C(2026-01-31T12:00:00). A backend of which
        Cinder reports no pool since then counts as down, whatever O(pools) names.
    type: str
    default: ""
  wait_seconds:
    description: How long to wait; with 0 there is one look.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Wait until no volume is being created
  openstack_ontap.enhanced_instance.backend_info:
    cloud: admin
    until: idle
    hosts: [storage-1]
    wait_seconds: 300
"""

RETURN = r"""
lacking_pools:
  description: Wanted pools that Cinder does not report.
  type: list
  elements: str
  returned: always
down:
  description: Backends, or C(host@backend), whose service is not up.
  type: list
  elements: str
  returned: always
up: {description: Whether nothing is lacking or down., type: bool, returned: always}
requests: {description: Requests sent., type: int, returned: always}
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) and C(cure).
  type: dict
  returned: when the task failed
"""

from datetime import datetime, timezone

from ..module_utils.arguments import openstack_argument_spec
from ..module_utils.failures import WrongInput
from ..module_utils.module import CloudModule, run
from ..module_utils.openstack import client
from ..module_utils.usecases import deployment


def look(module):
    params = module.params
    since = as_cinder_writes(params["since"])
    cloud = client.connect(params)
    lacking, down = [], []
    if params["until"] == "idle":
        deployment.wait_until_idle(cloud, params["hosts"], params["wait_seconds"])
    else:
        lacking, down = deployment.wait_until_up(
            cloud,
            params["backends"],
            params["pools"],
            params["hosts"],
            since,
            params["wait_seconds"],
        )
    return {
        "changed": False,
        "lacking_pools": lacking,
        "down": down,
        "up": not (lacking or down),
        "requests": cloud.requests,
    }


def as_cinder_writes(since):
    """The time in the form of Cinder's own, with which it is compared as text."""
    if not since:
        return ""
    try:
        found = datetime.fromisoformat(since)
    except ValueError as exc:
        raise WrongInput(f"since {since!r} is not a time", cure="write it as 2026-01-31T12:00:00") from exc
    if found.tzinfo:
        found = found.astimezone(timezone.utc).replace(tzinfo=None)
    return found.isoformat()


def main():
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            "until": {"type": "str", "choices": ["up", "idle"], "default": "up"},
            "backends": {"type": "list", "elements": "str", "default": []},
            "pools": {"type": "list", "elements": "str", "default": []},
            "hosts": {"type": "list", "elements": "str", "default": []},
            "since": {"type": "str", "default": ""},
            "wait_seconds": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    run(module, look)


if __name__ == "__main__":
    main()
