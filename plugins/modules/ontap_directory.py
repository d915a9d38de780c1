# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories in a FlexVol."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_directory
short_description: Manage directories in an ONTAP FlexVol
version_added: "0.1.0"
description:
  - Makes or removes a plain directory of a FlexVol, such as the one that holds Glance's images beside the
    volumes of Cinder.
  - A directory segments, it does not isolate. Export policies hold for volumes and qtrees only. For qtrees
    there is M(netapp.ontap.na_ontap_qtree).
  - "ONTAP's REST API can give a directory a mode only when it makes it, and never an owner: the directory
    belongs to root. So O(mode) is for new directories. An existing directory with another mode is reported in
    RV(directory) and by a warning, and left alone."
  - "Requests to ONTAP when nothing has to be changed: two."
  - A directory that somebody else makes or removes at the same time counts as theirs, not as a change.
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  volume:
    description: Name of the FlexVol, which is not always the name of its junction.
    type: str
    required: true
  path:
    description: The directory, relative to the root of the FlexVol.
    type: str
    required: true
  state:
    description: Whether it should be there.
    type: str
    choices: [absent, present]
    default: present
  mode:
    description:
      - Mode of the directories that are made, in octal digits. Quote it.
      - Without it a new directory gets V(0755), and the mode of an existing one is not looked at.
    type: str
  parents:
    description:
      - Make missing parents too. Otherwise they are an error.
      - When the task fails after some were made, those stay. RV(made) tells them, and the next run goes on
        from there.
    type: bool
    default: false
  recurse:
    description: With O(state=absent), remove a directory with all it holds. Otherwise one that is not empty
      is an error.
    type: bool
    default: false
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.ontap
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.action_group_ontap
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - ONTAP 9.8 or newer
seealso:
  - module: netapp.ontap.na_ontap_qtree
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: A directory for Glance beside the volumes of Cinder
  openstack_ontap.enhanced_instance.ontap_directory:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    ca_path: /etc/ssl/certs/datacentre.pem
    vserver: svm_openstack
    volume: cinder_a
    path: glance
    mode: "0777"

- name: Remove a scratch directory with what is in it
  openstack_ontap.enhanced_instance.ontap_directory:
    vserver: svm_openstack
    volume: cinder_a
    path: scratch/verify
    state: absent
    recurse: true
  module_defaults:
    group/openstack_ontap.enhanced_instance.ontap: "{{ ontap_login }}"
"""

RETURN = r"""
directory:
  description: The directory as it is after the task (in check mode, as it would be); null when it is absent.
  returned: success
  type: dict
  contains:
    path:
      description: The path.
      type: str
      returned: always
    mode:
      description: Mode in octal digits.
      type: str
      returned: always
    owner_id:
      description: Numeric owner, null while it is not known.
      type: int
      returned: always
    group_id:
      description: Numeric group, null while it is not known.
      type: int
      returned: always
made:
  description: The directories that were made, parents first.
  returned: success, and when the task failed while it made them
  type: list
  elements: str
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
from ..module_utils.ontap import directories, volumes
from ..module_utils.ontap.session import open_client


def manage_directory(module):
    """Bring the directory to the wanted state."""
    params = module.params
    path, mode = directories.checked(params["path"], params["mode"] or "0755")
    with open_client(params) as client:
        volume = volumes.find_volume(client, params["vserver"], params["volume"])
        if params["state"] == "absent":
            result = directories.absent(client, volume, path, params["recurse"], module.check_mode)
        else:
            result = directories.present(client, volume, path, mode, params["parents"], module.check_mode)
            if params["mode"] and result["directory"]["mode"] != mode:
                module.warn(
                    f"The directory {path!r} in {volume} has mode {result['directory']['mode']}, not {mode}; "
                    "ONTAP's REST API cannot change it, so use chmod through a mount."
                )
        result["requests"] = {"ontap": client.requests}
        return result


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "vserver": {"type": "str", "required": True},
            "volume": {"type": "str", "required": True},
            "path": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
            "mode": {"type": "str"},
            "parents": {"type": "bool", "default": False},
            "recurse": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    run(module, manage_directory)


if __name__ == "__main__":
    main()
