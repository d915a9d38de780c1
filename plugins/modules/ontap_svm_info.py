# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of one SVM."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_svm_info
short_description: Gather what enhanced instance creation needs to know of an SVM
version_added: "0.1.0"
description:
  - FlexVols, export policies with their rules, LIFs, services and directories of one SVM, over one
    connection. The role ontap_svm plans from them.
  - What the account may not read is empty, and named in RV(svm.unreadable).
  - "Requests to ONTAP: four, and one for each of O(gather) (two for C(peers)) and O(directories);
    one more where the account sees no volume of the SVM. One that is not there is an error."
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  gather:
    description: What else to read.
    type: list
    elements: str
    choices: [nfs, iscsi, qtrees, peers]
    default: [nfs]
  directories:
    description: Directories to look for.
    type: list
    elements: dict
    default: []
    suboptions:
      volume:
        description: Name of the FlexVol.
        type: str
        required: true
      path:
        description: Path, relative to the root of the FlexVol.
        type: str
        required: true
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.ontap
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_ontap
seealso:
  - module: netapp.ontap.na_ontap_rest_info
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Read the SVM
  openstack_ontap.enhanced_instance.ontap_svm_info:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    vserver: svm_openstack
    gather: [nfs, qtrees]
    directories:
      - {volume: cinder_a, path: glance}
  register: read
"""

RETURN = r"""
svm:
  description: What was read.
  returned: success
  type: dict
  contains:
    version:
      description: Version of ONTAP, empty where the account may not read it.
      type: list
      elements: int
      returned: always
      sample: [9, 17, 1]
    volumes:
      description: The volumes of the SVM, as C(/storage/volumes) has them.
      type: list
      elements: dict
      returned: always
    policies:
      description: Its export policies with their rules, as C(/protocols/nfs/export-policies) has them.
      type: list
      elements: dict
      returned: always
    interfaces:
      description: Its LIFs, as C(/network/ip/interfaces) has them.
      type: list
      elements: dict
      returned: always
    nfs:
      description: Its NFS service, or null.
      type: dict
      returned: when O(gather) has it
    iscsi:
      description: Its iSCSI service, or null.
      type: dict
      returned: when O(gather) has it
    qtrees:
      description: Its qtrees.
      type: list
      elements: dict
      returned: when O(gather) has it
    peers:
      description: Its peerings.
      type: list
      elements: dict
      returned: when O(gather) has it
    cluster:
      description: Name of the cluster.
      type: str
      returned: when O(gather) has C(peers)
    directories:
      description: For each of O(directories), as C(FlexVol/path), the type of what is there, or null.
      type: dict
      returned: always
    unreadable:
      description: Paths of the REST API that the account may not read.
      type: list
      elements: str
      returned: always
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: success
  type: dict
  sample: {"ontap": 6}
failure:
  description: The failure in parts, C(what), C(where), C(status) of HTTP, C(code) of ONTAP, C(cure).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import run
from ..module_utils.ontap import svm_facts
from ..module_utils.ontap.session import open_client


def read_svm(module):
    """Read the SVM."""
    params = module.params
    directories = [(item["volume"], item["path"]) for item in params["directories"]]
    with open_client(params) as client:
        found = svm_facts.read(client, params["vserver"], params["gather"], directories)
        return {"changed": False, "svm": found, "requests": {"ontap": client.requests}}


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "vserver": {"type": "str", "required": True},
            "gather": {
                "type": "list",
                "elements": "str",
                "choices": ["nfs", "iscsi", "qtrees", "peers"],
                "default": ["nfs"],
            },
            "directories": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "volume": {"type": "str", "required": True},
                    "path": {"type": "str", "required": True},
                },
            },
        },
        supports_check_mode=True,
    )
    run(module, read_svm)


if __name__ == "__main__":
    main()
