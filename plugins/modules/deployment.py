# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment
short_description: The user, roles and volume types that enhanced creation needs
version_added: "0.1.0"
description:
  - Looks at the cloud once, and makes what is missing in the same call, so that the playbook C(deploy) starts
    one module where it would start six. Seven requests at most for the look, and the login; then one for
    each thing made, one for the list of roles, one for that of types if a type lacks a spec, and one to
    Glance before the user is made.
  - The user of the cloud also gets the role V(service) on its project, since Glance shows image locations to
    that role only.
  - Never takes anything away. The password of a user that exists stays. Needs an administrator's cloud.
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.deployment
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
attributes:
  check_mode: {support: full}
  diff_mode: {support: full}
  idempotent: {support: full}
options:
  locations_password:
    description: Password with which the user is made; needed where it does not exist.
    type: str
  require_locations_api:
    description:
      - Whether to fail, before anything is made, where O(locations_user) does not exist and Glance has no
        image-locations API (older than 2.17), so that the user would be of no use.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Make the user, its roles and a volume type
  openstack_ontap.enhanced_instance.deployment:
    cloud: admin
    locations_password: "{{ vaulted_password }}"
    volume_types:
      - type: enhanced
        specs: {volume_backend_name: ontap_nfs}
"""

RETURN = r"""
made:
  description: What was made, or would be in check mode, one text each.
  type: list
  elements: str
  returned: always
user_exists:
  description: Whether the user existed before.
  type: bool
  returned: with O(locations_user)
user_id:
  description: Its ID before, empty where it did not exist.
  type: str
  returned: with O(locations_user)
project_id:
  description: ID of its project.
  type: str
  returned: with O(locations_user)
missing_roles:
  description: Roles that the user lacked on its project.
  type: list
  elements: str
  returned: with O(locations_user)
internal_tenant:
  description: C(project_id) and C(user_id) of the internal tenant, empty where there is none of the name.
  type: dict
  returned: always
admin:
  description:
    - C(user_id) and C(project_id) of the user that asked, and C(missing_roles), V(service) if it lacked that.
  type: dict
  returned: with O(locations_user)
volume_types:
  description: Those of O(volume_types) that were missing or lacked a spec, and C(exists).
  type: list
  elements: dict
  returned: always
requests:
  description: Requests sent.
  type: int
  returned: always
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) and C(cure).
  type: dict
  returned: when the task failed
"""

from ..module_utils.arguments import deployment_argument_spec, openstack_argument_spec
from ..module_utils.module import CloudModule, run
from ..module_utils.openstack import client
from ..module_utils.usecases import deployment


def prepare(module):
    params = module.params
    cloud = client.connect(params)
    found = deployment.prepare(
        cloud,
        params["locations_user"],
        params["locations_project"],
        params["locations_password"],
        params["volume_types"],
        (params["internal_project"], params["internal_user"]),
        module.check_mode,
        params["require_locations_api"],
    )
    after = "".join(f"{text}\n" for text in found["made"])
    return {
        "changed": bool(found["made"]),
        **found,
        "diff": {"before": "", "after": after},
        "requests": cloud.requests,
    }


def main():
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **deployment_argument_spec(),
            "locations_password": {"type": "str", "no_log": True},
            "require_locations_api": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    run(module, prepare)


if __name__ == "__main__":
    main()
