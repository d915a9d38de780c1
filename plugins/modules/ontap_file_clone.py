# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexClone files within a FlexVol."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_file_clone
short_description: Clone files within an ONTAP FlexVol
version_added: "0.1.0"
description:
  - Makes FlexClone files, one or many in one task. A clone shares its blocks with the source, so it takes
    milliseconds and no space, whatever the size.
  - An existing destination is left alone, so a second run changes nothing, unless O(overwrite) is set.
  - With a wrong path among many nothing is changed at all. A clone that ONTAP refuses while others succeed
    makes the task fail with the whole list of results.
  - Several clones run side by side. It starts with four, adds one after each success, and halves when ONTAP
    says it is busy. Answers 429 and 503, "device busy" and "temporarily locked" are retried with growing
    waits, or after the wait that ONTAP asks for, for at most 120 seconds per request; other refusals are not
    retried.
  - "Requests to ONTAP when nothing has to be changed: one for the volume, and one for each directory of the
    destinations (one for each name where there are one or two). Clones to be made add one for the version,
    one for the licences, those for the directories of the sources, counted likewise, one more for each
    directory of new destinations, and two for each clone. A directory of three or more paths that is a file
    takes one more."
  - Without the licence C(flexclone) the task fails before anything is changed, in check mode too. Where the
    account may not read licences, as that of an SVM, ONTAP's own refusal tells.
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  volume:
    description: Name of the FlexVol, which is not always the name of its junction.
    type: str
    required: true
  source_path:
    description:
      - File to clone, relative to the root of the FlexVol. It may lie in a snapshot, as
        C(.snapshot/NAME/path).
    type: str
  destination_path:
    description: The clone, relative to the root of the FlexVol. Its directory exists already.
    type: str
  clones:
    description: Several clones, instead of O(source_path) and O(destination_path).
    type: list
    elements: dict
    suboptions:
      source_path:
        description: As O(source_path).
        type: str
        required: true
      destination_path:
        description: As O(destination_path).
        type: str
        required: true
  overwrite:
    description:
      - Replace existing destinations. What was in them is lost, and every run replaces them anew, as ONTAP
        cannot tell what a file is a clone of.
    type: bool
    default: false
  autodelete:
    description:
      - Whether ONTAP may delete the clones when the FlexVol is full. Left out, ONTAP's default holds. Only
        said when a clone is made.
    type: bool
  concurrency:
    description: Most clones under way at once, 1 to 50.
    type: int
    default: 8
  timeout:
    description: Seconds to wait for the job of one clone, at least 1.
    type: int
    default: 600
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
    support: partial
    details: With O(overwrite) every run replaces the destinations.
requirements:
  - ONTAP 9.8 or newer; FlexGroups 9.14 or newer
  - ONTAP's licence for FlexClone
seealso:
  - module: openstack_ontap.enhanced_instance.ontap_file_copy
  - module: openstack_ontap.enhanced_instance.ontap_file_info
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Clone one image into the image cache of its FlexVol
  openstack_ontap.enhanced_instance.ontap_file_clone:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    ca_path: /etc/ssl/certs/datacentre.pem
    vserver: svm_openstack
    volume: cinder_a
    source_path: glance/7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11
    destination_path: img-cache-7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11

- name: Clone two disks from a file in a snapshot
  openstack_ontap.enhanced_instance.ontap_file_clone:
    vserver: svm_openstack
    volume: cinder_a
    clones:
      - source_path: .snapshot/golden/disk
        destination_path: disks/disk-1
      - source_path: .snapshot/golden/disk
        destination_path: disks/disk-2
  module_defaults:
    group/openstack_ontap.enhanced_instance.ontap: "{{ ontap_login }}"
"""

RETURN = r"""
clones:
  description: What became of each clone, in the order of the arguments.
  returned: always, except when the connection or the volume is wrong
  type: list
  elements: dict
  contains:
    source_path:
      description: The source as given.
      type: str
      returned: always
    destination_path:
      description: The destination as given.
      type: str
      returned: always
    changed:
      description: Whether the clone was made (in check mode, whether it would be).
      type: bool
      returned: always
    failed:
      description: Whether it failed.
      type: bool
      returned: always
    msg:
      description: The failure as a sentence.
      type: str
      returned: when it failed
    failure:
      description: The failure in parts, C(what), C(where), C(status) of HTTP, C(code) of ONTAP, C(cure); else
        null.
      type: dict
      returned: always
    job_uuid:
      description: UUID of ONTAP's job, null without one.
      type: str
      returned: always
    bytes:
      description: Size of the clone in bytes, null when nothing was made.
      type: int
      returned: always
    seconds:
      description: How long it took, null when nothing was made.
      type: float
      returned: always
summary:
  description: Numbers of clones, C(total), C(changed), C(unchanged), C(failed).
  returned: as RV(clones)
  type: dict
  sample: {"total": 10, "changed": 10, "unchanged": 0, "failed": 0}
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: as RV(clones)
  type: dict
  sample: {"ontap": 24}
failure:
  description: The first failure, in the parts described under RV(clones).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import bulk_result, run
from ..module_utils.ontap import clones
from ..module_utils.ontap.session import open_client, require_range


def clone_files(module):
    """Make the clones that are wanted and missing."""
    params = module.params
    require_range("concurrency", params["concurrency"], 1, 50)
    require_range("timeout", params["timeout"], 1, 2**31 - 1)
    asked = params["clones"]
    if asked is None:
        asked = [{"source_path": params["source_path"], "destination_path": params["destination_path"]}]
    with open_client(params) as client:
        records, diff = clones.perform(
            client,
            params["vserver"],
            params["volume"],
            [(one["source_path"], one["destination_path"]) for one in asked],
            params["overwrite"],
            params["autodelete"],
            params["concurrency"],
            params["timeout"],
            module.check_mode,
        )
        return bulk_result(
            "clones",
            records,
            lambda record: record["destination_path"],
            diff=diff,
            requests={"ontap": client.requests},
        )


def main():
    """Entry point."""
    pair = {"source_path": {"type": "str"}, "destination_path": {"type": "str"}}
    each = {name: {**option, "required": True} for name, option in pair.items()}
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "vserver": {"type": "str", "required": True},
            "volume": {"type": "str", "required": True},
            **pair,
            "clones": {"type": "list", "elements": "dict", "options": each},
            "overwrite": {"type": "bool", "default": False},
            "autodelete": {"type": "bool"},
            "concurrency": {"type": "int", "default": 8},
            "timeout": {"type": "int", "default": 600},
        },
        required_together=[("source_path", "destination_path")],
        required_one_of=[("source_path", "clones")],
        mutually_exclusive=[("source_path", "clones"), ("destination_path", "clones")],
        supports_check_mode=True,
    )
    run(module, clone_files)


if __name__ == "__main__":
    main()
