# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_info
short_description: What a cloud lacks of the user, roles and volume types that enhanced creation needs
version_added: "0.1.0"
description:
  - One look tells what the playbook C(deploy) has to make, so that of a cloud that has everything nothing
    else need be asked. Seven requests at most, and the login.
  - Changes nothing. Needs an administrator's cloud.
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.deployment
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
"""

EXAMPLES = r"""
- name: See what is missing
  openstack_ontap.enhanced_instance.deployment_info:
    cloud: admin
    volume_types:
      - type: enhanced
        specs: {volume_backend_name: ontap_nfs}
"""

RETURN = r"""
user_exists:
  description: Whether the user exists.
  type: bool
  returned: with O(locations_user)
user_id:
  description: Its ID, empty where it does not exist.
  type: str
  returned: with O(locations_user)
project_id:
  description: ID of its project.
  type: str
  returned: with O(locations_user)
missing_roles:
  description: Roles that the user lacks on its project.
  type: list
  elements: str
  returned: with O(locations_user)
internal_tenant:
  description: C(project_id) and C(user_id) of the internal tenant, empty where there is none of the name.
  type: dict
  returned: always
admin:
  description:
    - C(user_id) and C(project_id) of the user that asked, and C(missing_roles), V(service) if it lacks that.
  type: dict
  returned: with O(locations_user)
volume_types:
  description: Those of O(volume_types) that are missing or lack a spec, and C(exists).
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


def look(module):
    params = module.params
    cloud = client.connect(params)
    found = deployment.missing(
        cloud,
        params["locations_user"],
        params["locations_project"],
        params["volume_types"],
        (params["internal_project"], params["internal_user"]),
    )
    return {"changed": False, **found, "requests": cloud.requests}


def main():
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **deployment_argument_spec(),
        },
        supports_check_mode=True,
    )
    run(module, look)


if __name__ == "__main__":
    main()
