# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities of an SVM that nothing documents."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_probe
short_description: Find out what an ONTAP does where its documentation is silent
version_added: "0.1.0"
description:
  - Clones, copies and renames files of 4 KiB in a scratch directory C(eic-probe-...) in the root of the
    FlexVol, looks at owner, mode and content of the results, and removes the directory. Nothing else in the
    FlexVol is touched.
  - The answers tell how image caches can be primed on this SVM. They are kept in O(capability_file).
  - A scratch directory that a killed run has left is removed by the next run, once it is ten minutes older
    than that run's own.
  - In check mode nothing is tried. RV(answers) are those of O(capability_file), or V(unknown).
  - "Requests to ONTAP: at most 45, and at most two for each of RV(removed); in check mode at most five."
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  volume:
    description: Name of a FlexVol of the backend. Files are cloned in it, and copied from it.
    type: str
    required: true
  other_volume:
    description: Name of the FlexVol to copy to. Without it the answers about copies stay V(unknown).
    type: str
  other_vserver:
    description: Name of its SVM, when it is another one than O(vserver).
    type: str
  scratch:
    description:
      - Name of the scratch directory, V(eic-probe-) and something of your own.
      - A directory of that name may exist in O(volume), for this probe, which removes it in the end. It is
        empty, or holds a file V(owned) of 4096 bytes and nothing else. That file is cloned and copied, in
        place of one that belongs to root. Only with a file of another owner and of another mode than 0644 can
        it be seen whether they are kept.
      - Anything else of that name is refused, and stays.
    type: str
  capability_file:
    description: JSON file to keep the answers in, on the host that runs the module. Its folder is made if it
      is missing.
    type: path
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.ontap
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.action_group_ontap
attributes:
  check_mode:
    support: partial
    details: What ONTAP would answer cannot be foreseen. The task is changed when O(capability_file) has no
      answers of this SVM yet.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: An unchanged RV(answers) leaves O(capability_file) as it is.
requirements:
  - ONTAP 9.8 or newer
seealso:
  - module: openstack_ontap.enhanced_instance.image_cache
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Find out what this ONTAP does with clones and copies
  openstack_ontap.enhanced_instance.ontap_probe:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    vserver: svm_openstack
    volume: cinder_a
    other_volume: cinder_b
    capability_file: "{{ inventory_dir }}/enhanced-instance-capabilities.json"
"""

RETURN = r"""
answers:
  description: For each question an C(answer) of V(yes), V(no) or V(unknown), with ONTAP's C(code) and
    C(message). The page docs/capabilities.md of the collection tells the questions.
  returned: success
  type: dict
  sample: {"clone_keeps_owner": {"answer": "yes", "code": null, "message": null}}
unknown:
  description: The questions without an answer.
  returned: success
  type: list
  elements: str
removed:
  description: Scratch directories of killed runs that were removed, or would be.
  returned: success
  type: list
  elements: str
leftovers:
  description: Scratch directories of other runs that are too young to be removed.
  returned: success
  type: list
  elements: str
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: success
  type: dict
  sample: {"ontap": 40}
failure:
  description: The failure in parts, C(what), C(where), C(status) of HTTP, C(code) of ONTAP, C(cure).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import run
from ..module_utils.usecases import probe


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "vserver": {"type": "str", "required": True},
            "volume": {"type": "str", "required": True},
            "other_volume": {"type": "str"},
            "other_vserver": {"type": "str"},
            "scratch": {"type": "str"},
            "capability_file": {"type": "path"},
        },
        required_by={"other_vserver": ["other_volume"]},
        supports_check_mode=True,
    )
    run(module, lambda mod: probe.perform(mod.params, mod.check_mode))


if __name__ == "__main__":
    main()
