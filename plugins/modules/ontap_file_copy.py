# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy files between FlexVols and SVMs, inside the cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_file_copy
short_description: Copy files between FlexVols and SVMs inside an ONTAP cluster
version_added: "0.1.0"
description:
  - Copy offload by REST. The cluster copies the files, no byte of them passes through a host.
  - An existing destination is left alone, so a second run changes nothing, unless O(overwrite) is set.
  - Each file is copied into a temporary name beside its destination (it begins with C(eic-copy-)), and
    checked. The job must have ended well, the size must be the source's, some blocks must be equal, and the
    source must not have changed meanwhile. Only then it gets its name, by a FlexClone that refuses an
    existing one. So a wrong or unfinished file never has the final name.
  - What a killed run left beside a destination is found by the next run for that destination. While its copy
    still runs in the cluster that is waited for, and removed when nothing of it has changed for 15 seconds.
    So such a run wastes one copy at most. Copies of other tasks that run at the same time are left alone.
  - Of two tasks that copy to the same destination at the same time the second waits for the first. One whose
    unfinished copy was removed by the other, because it paused for longer than that, finds the destination
    unchanged, or fails and has to be run again.
  - With a wrong path among many nothing is changed at all. A copy that fails while others succeed makes the
    task fail with the whole list of results.
  - Copies run side by side. It starts with four, adds one after each success, and halves when ONTAP says it
    is busy. Such answers are retried for at most 120 seconds per request; other refusals are not retried.
  - "Requests to ONTAP when nothing has to be changed: one for all volumes, and one for each directory of the
    destinations. Copies to be made add one for the version, one for each directory of sources (one for each
    name where there are one or two) and for each directory of destinations below the root, one for each pair
    of different SVMs, one for the licences when existing files are replaced, and for each copy eight, two for
    each of O(samples), and those that wait for its job, which come every 0.05 seconds at first and every 5
    seconds at last."
options:
  files:
    description: The copies.
    type: list
    elements: dict
    required: true
    suboptions:
      source:
        description: The file to copy.
        type: dict
        required: true
        suboptions:
          vserver:
            description: Name of its SVM.
            type: str
            required: true
          volume:
            description: Name of its FlexVol, which is not always the name of its junction.
            type: str
            required: true
          path:
            description: Its path, relative to the root of the FlexVol.
            type: str
            required: true
      destination:
        description: Where the copy goes.
        type: dict
        required: true
        suboptions:
          vserver:
            description: Name of its SVM, of the same cluster. Left out, it is the SVM of the source.
            type: str
          volume:
            description: Name of its FlexVol.
            type: str
            required: true
          path:
            description: Its path with its name, relative to the root of the FlexVol. The directory exists
              already.
            type: str
            required: true
  overwrite:
    description:
      - Replace existing destinations. What was in them is lost, and every run copies them anew.
      - Only a FlexClone can replace a file. Without the licence C(flexclone) the task fails before anything
        is changed, in check mode too. Where the account may not read licences, or may not clone, ONTAP's own
        refusal tells when the copy is there, and the destination stays as it was.
    type: bool
    default: false
  max_throughput:
    description:
      - Most bytes per second of one copy, 0 for no limit. ONTAP rounds down to whole MB, and up to one.
    type: int
    default: 0
  concurrency:
    description: Most copies under way at once, 1 to 50, which is what a cluster can do.
    type: int
    default: 4
  timeout:
    description: Seconds that one copy may take, at least 1. A copy that takes longer goes on in the cluster;
      nothing is published then.
    type: int
    default: 3600
  peer:
    description:
      - Whether to peer the SVMs of a copy with the application file_copy where they are not. Otherwise the
        task fails before it changes anything.
    type: bool
    default: false
  samples:
    description:
      - Number of blocks of 4 KiB in which source and copy are compared before the copy gets its name, the
        first, the last, and others by chance. They are read through the REST API, by two requests each; an
        account that may not read data gets no comparison. 0 for none.
    type: int
    default: 4
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
  - ONTAP 9.8 or newer
  - ONTAP's licence for FlexClone, to replace existing files
seealso:
  - module: openstack_ontap.enhanced_instance.ontap_file_clone
  - module: openstack_ontap.enhanced_instance.ontap_file_info
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Bring an image to another FlexVol without a host in between
  openstack_ontap.enhanced_instance.ontap_file_copy:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    ca_path: /etc/ssl/certs/datacentre.pem
    files:
      - source:
          vserver: svm_openstack
          volume: cinder_a
          path: glance/7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11
        destination:
          volume: cinder_b
          path: images/7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11

- name: Bring a file to another SVM of the cluster, at 100 MB a second at most
  openstack_ontap.enhanced_instance.ontap_file_copy:
    files:
      - source: {vserver: svm_images, volume: masters, path: golden.raw}
        destination: {vserver: svm_openstack, volume: cinder_b, path: golden.raw}
    max_throughput: 100000000
    peer: true
  module_defaults:
    group/openstack_ontap.enhanced_instance.ontap: "{{ ontap_login }}"
"""

RETURN = r"""
files:
  description: What became of each copy, in the order of the arguments.
  returned: always, except when the connection or a volume is wrong
  type: list
  elements: dict
  contains:
    source:
      description: The source as given.
      type: dict
      returned: always
    destination:
      description: The destination as given.
      type: dict
      returned: always
    changed:
      description: Whether the copy was made, or a leftover removed (in check mode, whether it would be).
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
      description: UUID of ONTAP's copy job, null without one.
      type: str
      returned: always
    bytes:
      description: Size of the copy in bytes, null when nothing was copied.
      type: int
      returned: always
    seconds:
      description: How long it took with check and publication, null when nothing was copied.
      type: float
      returned: always
    removed:
      description: Unfinished copies of earlier runs that were removed.
      type: list
      elements: str
      returned: always
peerings:
  description: Pairs of SVMs that were peered for copying, or given the application file_copy, by this task.
  returned: as RV(files)
  type: list
  elements: list
  sample: [["svm_openstack", "svm_images"]]
summary:
  description: Numbers of copies, C(total), C(changed), C(unchanged), C(failed).
  returned: as RV(files)
  type: dict
  sample: {"total": 2, "changed": 2, "unchanged": 0, "failed": 0}
requests:
  description: Numbers of requests sent, under C(ontap).
  returned: as RV(files)
  type: dict
  sample: {"ontap": 31}
failure:
  description: The first failure, in the parts described under RV(files).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.module import bulk_result, run
from ..module_utils.ontap import copies
from ..module_utils.ontap.session import open_client, require_range
from ..module_utils.usecases.progress import watched


def copy_files(module):
    """Make the copies that are wanted and missing."""
    params = module.params
    require_range("concurrency", params["concurrency"], 1, 50)
    require_range("samples", params["samples"], 0, 1000)
    require_range("max_throughput", params["max_throughput"], 0, 2**63 - 1)
    require_range("timeout", params["timeout"], 1, 2**31 - 1)
    with open_client(params, watched()) as client:
        records, peerings, diff = copies.perform(
            client,
            params["files"],
            params["overwrite"],
            params["max_throughput"],
            params["concurrency"],
            params["timeout"],
            params["peer"],
            params["samples"],
            module.check_mode,
        )
        return bulk_result(
            "files",
            records,
            lambda record: record["destination"]["path"],
            peerings=peerings,
            diff=diff,
            requests={"ontap": client.requests},
        )


def main():
    """Entry point."""
    end = {
        "vserver": {"type": "str", "required": True},
        "volume": {"type": "str", "required": True},
        "path": {"type": "str", "required": True},
    }
    other_end = {**end, "vserver": {"type": "str"}}
    ends = {
        "source": {"type": "dict", "required": True, "options": end},
        "destination": {"type": "dict", "required": True, "options": other_end},
    }
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "files": {"type": "list", "elements": "dict", "required": True, "options": ends},
            "overwrite": {"type": "bool", "default": False},
            "max_throughput": {"type": "int", "default": 0},
            "concurrency": {"type": "int", "default": 4},
            "timeout": {"type": "int", "default": 3600},
            "peer": {"type": "bool", "default": False},
            "samples": {"type": "int", "default": 4},
        },
        supports_check_mode=True,
    )
    run(module, copy_files)


if __name__ == "__main__":
    main()
