# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clone or copy LUNs inside an SVM."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_lun_clone
short_description: Clone LUNs within an ONTAP FlexVol, or copy them to another FlexVol
version_added: "0.1.0"
description:
  - Makes LUNs out of a LUN, one or many in one task. Within a FlexVol it is a FlexClone, which takes
    milliseconds and no space. To another FlexVol of the SVM the array copies the data, no byte of it passes
    through a host.
  - An existing destination is left alone, so a second run changes nothing. While such a LUN is itself a copy
    whose data is still on the way, the task waits for it.
  - A copied LUN is visible in ONTAP before its data is there. So it is copied under another name (it begins
    with C(eic-copy-)) and renamed when its data and size are right. A copy that a killed run began, or one
    whose connection was lost, is gone on with by the next run for the same source and destination.
  - Unfinished copies for a destination that is there are removed. So are those of other sources for it,
    unless they are still under way.
  - Of two tasks that make the same LUN at the same time one makes it, the other finds it unchanged. It fails
    when the LUN has another size than its source.
  - With a wrong name among many nothing is changed at all. Wrong are also a qtree or snapshot that does not
    exist, a destination that is a file, and a FlexVol that has no room for the copies and does not grow; such
    are found in check mode too. A LUN that ONTAP refuses while others succeed makes the task fail with the
    whole list of results.
  - Not known before is whether a LUN lies in an existing snapshot, and what the account may not read of
    qtrees, snapshots and files. ONTAP's own refusal tells then.
  - "Requests to ONTAP when nothing has to be changed: one. LUNs to be made add one for the FlexVols, one for
    the version, one for each directory of destinations (one for each name where there are one or two), one
    for the qtrees when a destination lies in one, and one for each FlexVol from whose snapshots is cloned.
    To these come two or three for each clone and one for the licences when there are clones, and for each
    copy four or five and those that wait for its data, which come every 0.2 seconds at first and every 5
    seconds at last. An unfinished copy that is removed takes two."
  - A task that has to clone fails without the licence C(flexclone) before anything is changed, in check mode
    too. Where the account may not read licences, as that of an SVM, ONTAP's own refusal tells.
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  source_path:
    description:
      - Whole name of the LUN to clone or copy, as C(/vol/VOLUME/LUN). For a clone it may lie in a snapshot,
        as C(/vol/VOLUME/.snapshot/NAME/LUN).
    type: str
  destination_path:
    description: Whole name of the LUN to make. In the FlexVol of O(source_path) it is cloned, in another it
      is copied. No component is longer than 255 bytes, and the last does not begin with C(eic-copy-).
    type: str
  clones:
    description: Several LUNs, instead of O(source_path) and O(destination_path).
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
  space_reserve:
    description:
      - Whether new LUNs reserve their space; V(false) makes them thin. Left out, ONTAP's default holds. Only
        said when a LUN is made.
    type: bool
  max_throughput:
    description: Most bytes per second of one copy, 0 for no limit. ONTAP rounds up to whole MB.
    type: int
    default: 0
  concurrency:
    description: Most LUNs under way at once, 1 to 50.
    type: int
    default: 4
  timeout:
    description: Seconds that one LUN may take, at least 1. A copy that takes longer goes on in the cluster,
      and the next run waits for the rest.
    type: int
    default: 3600
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
  - ONTAP 9.6 or newer, for copies 9.10.1 or newer
  - ONTAP's licence for FlexClone, for clones
seealso:
  - module: openstack_ontap.enhanced_instance.ontap_file_clone
  - module: netapp.ontap.na_ontap_lun
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: A LUN with an image's content in another FlexVol, thin
  openstack_ontap.enhanced_instance.ontap_lun_clone:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    ca_path: /etc/ssl/certs/datacentre.pem
    vserver: svm_openstack
    source_path: /vol/cinder_san_a/image-debian
    destination_path: /vol/cinder_san_b/image-debian
    space_reserve: false
"""

RETURN = r"""
clones:
  description: What became of each LUN, in the order of the arguments.
  returned: always, except when the connection or a volume is wrong
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
    method:
      description: C(clone) or C(copy), null when the names are wrong.
      type: str
      returned: always
    changed:
      description: Whether the LUN was made, or an unfinished copy removed (in check mode, whether it would
        be).
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
    uuid:
      description: UUID of the LUN, null in check mode and when it failed.
      type: str
      returned: always
    job_uuid:
      description: UUID of ONTAP's job, null without one.
      type: str
      returned: always
    bytes:
      description: Size of the LUN in bytes.
      type: int
      returned: always
    seconds:
      description: How long it took, null when nothing was made.
      type: float
      returned: always
    removed:
      description: Unfinished copies of earlier runs that were removed.
      type: list
      elements: str
      returned: always
summary:
  description: Numbers of LUNs, C(total), C(changed), C(unchanged), C(failed).
  returned: as RV(clones)
  type: dict
  sample: {"total": 1, "changed": 1, "unchanged": 0, "failed": 0}
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: as RV(clones)
  type: dict
  sample: {"ontap": 9}
failure:
  description: The first failure, in the parts described under RV(clones).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import bulk_result, run
from ..module_utils.ontap import lun_clones
from ..module_utils.ontap.session import open_client, require_range
from ..module_utils.usecases.progress import watched


def clone_luns(module):
    """Make the LUNs that are wanted and missing."""
    params = module.params
    require_range("concurrency", params["concurrency"], 1, 50)
    require_range("max_throughput", params["max_throughput"], 0, 2**63 - 1)
    require_range("timeout", params["timeout"], 1, 2**31 - 1)
    asked = params["clones"]
    if asked is None:
        asked = [{"source_path": params["source_path"], "destination_path": params["destination_path"]}]
    with open_client(params, watched()) as client:
        records, diff = lun_clones.perform(
            client,
            params["vserver"],
            [(one["source_path"], one["destination_path"]) for one in asked],
            params["space_reserve"],
            params["max_throughput"],
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
            **pair,
            "clones": {"type": "list", "elements": "dict", "options": each},
            "space_reserve": {"type": "bool"},
            "max_throughput": {"type": "int", "default": 0},
            "concurrency": {"type": "int", "default": 4},
            "timeout": {"type": "int", "default": 3600},
        },
        required_together=[("source_path", "destination_path")],
        required_one_of=[("source_path", "clones")],
        mutually_exclusive=[("source_path", "clones"), ("destination_path", "clones")],
        supports_check_mode=True,
    )
    run(module, clone_luns)


if __name__ == "__main__":
    main()
