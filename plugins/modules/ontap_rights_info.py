# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rights an account lacks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_rights_info
short_description: Tell which rights an ONTAP account lacks
version_added: "0.1.0"
description:
  - Compares the role of the account that logs in with the wanted privileges. Where the account may not read
    its role, each path is read once instead, and whether more than reading is allowed stays unproven.
  - The role ontap_svm keeps the privileges that its work, image caches and Cinder's driver need.
  - "Requests to ONTAP: two by the role, else at most one for each of O(privileges) and four more."
options:
  privileges:
    description: The wanted privileges.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Path of the REST API, such as C(/api/storage/file/clone).
        type: str
        required: true
      access:
        description: Access word.
        type: str
        choices: [readonly, read_create, read_modify, read_create_modify, all]
        required: true
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.ontap
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_ontap
seealso:
  - module: netapp.ontap.na_ontap_user_role
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: See whether files can be cloned by this account
  openstack_ontap.enhanced_instance.ontap_rights_info:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    privileges:
      - {path: /api/storage/file/clone, access: read_create}
  register: rights
"""

RETURN = r"""
missing:
  description: Wanted privileges that the account lacks, with the access word that it C(has).
  returned: success
  type: list
  elements: dict
  sample: [{"path": "/api/storage/file/clone", "access": "read_create", "has": "readonly"}]
cluster_only:
  description: Those that no account of an SVM can have. Cinder's driver goes on without them.
  returned: success
  type: list
  elements: dict
unproven:
  description: Those of which only reading could be seen to be allowed.
  returned: success
  type: list
  elements: dict
texts:
  description: RV(missing) as texts.
  returned: success
  type: list
  elements: str
method:
  description: V(role) when the account's role was read, V(trying) when paths were.
  returned: success
  type: str
role:
  description: Name of the role, null when it could not be read.
  returned: success
  type: str
scope:
  description: V(cluster) or V(svm).
  returned: success
  type: str
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: success
  type: dict
  sample: {"ontap": 2}
failure:
  description: The failure in parts, C(what), C(where), C(status) of HTTP, C(code) of ONTAP, C(cure).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import run
from ..module_utils.ontap import own_rights
from ..module_utils.ontap.session import open_client
from ..module_utils.planner import rights


def look_at_rights(module):
    """Compare."""
    params = module.params
    with open_client(params) as client:
        found = own_rights.look(client, params["username"], params["privileges"])
        return {
            "changed": False,
            **found,
            "texts": [rights.sentence(item) for item in found["missing"]],
            "requests": {"ontap": client.requests},
        }


def main():
    """Entry point."""
    words = ["readonly", "read_create", "read_modify", "read_create_modify", "all"]
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "privileges": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    "access": {"type": "str", "choices": words, "required": True},
                },
            },
        },
        supports_check_mode=True,
    )
    run(module, look_at_rights)


if __name__ == "__main__":
    main()
