# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy a file by the operator's copy-offload binary."""

from __future__ import annotations

DOCUMENTATION = r"""
module: copy_offload_tool
short_description: Copy a file by NetApp's copy-offload binary on a Cinder host
version_added: "0.1.0"
description:
  - Runs the copy-offload binary that NetApp used to offer (C(na_copyoffload_64)) on a Cinder host, so that
    ONTAP copies a file between two exports without its bytes passing through the host.
  - The binary is no longer offered for download, and Cinder's option for it is deprecated. Where an account
    for ONTAP's REST API is at hand, M(openstack_ontap.enhanced_instance.ontap_file_copy) does the same with
    better checks. The binary is still of use for an operator who has it, where nobody may give the cloud an
    account of the cluster, or ONTAP is older than 9.8.
  - Before it runs, its run bit and its SHA-256 are checked, and that nobody but its owner can change it. It
    runs as the service user, never as root, with nothing in its environment.
  - It copies to a temporary name beside the destination (it begins with C(eic-copy-)). The size, and where
    the source can be seen a sample of blocks, must be right before the file gets its name; a file that is
    there is never replaced. What a killed run left is removed by the next run for that destination.
  - An existing destination is left alone, so a second run changes nothing.
options:
  tool:
    description: Path of the binary on the host that runs the module.
    type: path
    required: true
  sha256:
    description: SHA-256 that the binary must have.
    type: str
    required: true
  user:
    description: The service user that runs it. The module itself runs as this user, or as root by C(become).
    type: str
    default: cinder
  source_address:
    description: IP address of an NFS LIF of the SVM that has the source.
    type: str
    required: true
  destination_address:
    description: IP address of an NFS LIF of the SVM that gets the copy.
    type: str
    required: true
  source_path:
    description: The source as an export, as C(/JUNCTION/file).
    type: str
    required: true
  destination_path:
    description: The destination as an export, as C(/JUNCTION/file).
    type: str
    required: true
  destination_file:
    description: The destination as this host sees it through its mount of the export.
    type: path
    required: true
  source_file:
    description: The source as this host sees it through a mount. Its size and a sample of its blocks are
      compared with the copy's.
    type: path
  size:
    description: Bytes that the copy must have, where the source is not mounted on this host.
    type: int
  timeout:
    description: Seconds that the binary may take.
    type: int
    default: 3600
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - the binary, on the host that runs the module
  - NFSv4 and vStorage switched on in both SVMs
seealso:
  - module: openstack_ontap.enhanced_instance.ontap_file_copy
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Bring an image to another FlexVol by the binary
  openstack_ontap.enhanced_instance.copy_offload_tool:
    tool: /usr/local/bin/na_copyoffload_64
    sha256: 0f3a0c1e9d1b7c5a2e4f6b8d0a2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f
    user: cinder
    source_address: 192.0.2.11
    destination_address: 192.0.2.12
    source_path: /cinder_a/glance/7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11
    destination_path: /cinder_b/eic-stage-7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11
    destination_file:
      /var/lib/cinder/mnt/1d3c0e5f7a9b1c3d5e7f9a1b3c5d7e9f/eic-stage-7c4f2d0e-1f0d-4a3c-9f8e-0e0d6b3c5a11
    size: 1073741824
  become: true
"""

RETURN = r"""
bytes:
  description: Size of the destination in bytes (in check mode, that it would have).
  returned: success
  type: int
seconds:
  description: How long the copy took with its checks, null when nothing was copied.
  returned: success
  type: float
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) (the exit code of the binary),
    C(cure).
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils import offload_tool
from ..module_utils.module import run


def copy(module):
    """Make the copy where it is missing."""
    params = module.params
    request = offload_tool.Request(
        params["tool"],
        offload_tool.check_address(params["source_address"], "source_address"),
        offload_tool.check_address(params["destination_address"], "destination_address"),
        offload_tool.check_export_path(params["source_path"], "source_path"),
        offload_tool.check_export_path(params["destination_path"], "destination_path"),
        params["destination_file"],
        params["source_file"],
        offload_tool.check_number(params["size"], "size", 0),
    )
    timeout = offload_tool.check_number(params["timeout"], "timeout", 1)
    account = offload_tool.checked_account(params["user"])
    with offload_tool.acting_as(account):
        found = offload_tool.existing(request)
    path = request.destination_file
    if found is not None:
        return {"changed": False, "bytes": found, "seconds": None, "diff": {"before": {}, "after": {}}}
    with offload_tool.acting_as(account):
        size = offload_tool.check_request(request)
    offload_tool.check_tool(request.tool, params["sha256"])
    seconds = None
    if not module.check_mode:
        seconds = round(offload_tool.copy(request, account, size, timeout), 3)
    diff = {"before": {path: "absent"}, "after": {path: f"copy of {request.source_path}, {size} bytes"}}
    return {"changed": True, "bytes": size, "seconds": seconds, "diff": diff}


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "tool": {"type": "path", "required": True},
            "sha256": {"type": "str", "required": True},
            "user": {"type": "str", "default": "cinder"},
            "source_address": {"type": "str", "required": True},
            "destination_address": {"type": "str", "required": True},
            "source_path": {"type": "str", "required": True},
            "destination_path": {"type": "str", "required": True},
            "destination_file": {"type": "path", "required": True},
            "source_file": {"type": "path"},
            "size": {"type": "int"},
            "timeout": {"type": "int", "default": 3600},
        },
        required_one_of=[("source_file", "size")],
        supports_check_mode=True,
    )
    run(module, copy)


if __name__ == "__main__":
    main()
