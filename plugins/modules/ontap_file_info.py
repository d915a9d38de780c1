# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of files in a FlexVol."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ontap_file_info
short_description: Gather facts about files in an ONTAP FlexVol
version_added: "0.1.0"
description:
  - Sizes, used and unique bytes, owner, mode and times of files and directories of a FlexVol, by path or by
    pattern.
  - Unique bytes are those that the file shares with no other file, by FlexClone or deduplication. A fresh
    clone has nearly none. They are one sign among several, as a copy that deduplication has worked on looks
    like a clone, and a clone that was written to looks like a copy.
  - "Requests to ONTAP: one for the volume, and one for each directory of O(paths) (one for each name where
    there are one or two; one more where a directory of three or more is a file), or one for O(directory) and
    one more where nothing fits or the only entry has the directory's own name."
options:
  vserver:
    description: Name of the SVM.
    type: str
    required: true
  volume:
    description: Name of the FlexVol, which is not always the name of its junction.
    type: str
    required: true
  paths:
    description: Files and directories, relative to the root of the FlexVol. What does not exist is named in
      RV(missing).
    type: list
    elements: str
  directory:
    description: A directory to list, relative to the root of the FlexVol. Empty for the root itself.
    type: str
  pattern:
    description:
      - Only names that fit, with C(*) for any characters and C(|) between alternatives, such as
        C(img-cache-*).
    type: str
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.ontap
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_ontap
requirements:
  - ONTAP 9.8 or newer
seealso:
  - module: openstack_ontap.enhanced_instance.ontap_file_clone
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: The image cache of a FlexVol
  openstack_ontap.enhanced_instance.ontap_file_info:
    hostname: cluster.example.com
    username: "{{ ontap_username }}"
    password: "{{ ontap_password }}"
    ca_path: /etc/ssl/certs/datacentre.pem
    vserver: svm_openstack
    volume: cinder_a
    directory: ""
    pattern: img-cache-*
  register: cache

- name: Show its sizes in GiB
  ansible.builtin.debug:
    msg: "{{ item.name }} {{ (item.size / 2**30) | round(1) }}"
  loop: "{{ cache.files }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
files:
  description: The files found, by name, or in the order of O(paths). What ONTAP did not tell is null.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path, relative to the root of the FlexVol.
      type: str
      returned: always
    name:
      description: Last part of the path.
      type: str
      returned: always
    type:
      description: Kind, such as C(file), C(directory), C(symlink), C(lun).
      type: str
      returned: always
    size:
      description: Size in bytes.
      type: int
      returned: always
    bytes_used:
      description: Bytes that its blocks hold; less than the size in a sparse file.
      type: int
      returned: always
    unique_bytes:
      description: Bytes that it shares with no other file.
      type: int
      returned: always
    owner_id:
      description: Numeric owner.
      type: int
      returned: always
    group_id:
      description: Numeric group.
      type: int
      returned: always
    mode:
      description: Mode in octal digits.
      type: str
      returned: always
      sample: "0660"
    modified_time:
      description: When its content changed last.
      type: str
      returned: always
    changed_time:
      description: When its content or properties changed last.
      type: str
      returned: always
    accessed_time:
      description: When it was read last, as far as the FlexVol keeps that.
      type: str
      returned: always
    creation_time:
      description: When it was made.
      type: str
      returned: always
    inode_number:
      description: Number of its inode.
      type: int
      returned: always
    hard_links_count:
      description: Number of its names.
      type: int
      returned: always
missing:
  description: Those of O(paths) that do not exist.
  returned: success
  type: list
  elements: str
volume:
  description: The FlexVol, with sizes in bytes.
  returned: success
  type: dict
  sample: {"name": "cinder_a", "svm": "svm_openstack", "junction": "/cinder_a", "size": 10737418240,
    "available": 9663676416}
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

import posixpath

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_argument_spec
from ..module_utils.failures import NotFound, Refused, WrongInput
from ..module_utils.module import run
from ..module_utils.ontap import errors, files, volumes
from ..module_utils.ontap.session import open_client


def gather(module):
    """Look at the files."""
    params = module.params
    paths = [files.clean(path) for path in params["paths"] or []]
    directory = files.clean(params["directory"], "directory") if params["directory"] else ""
    with open_client(params) as client:
        volume = volumes.find_volume(client, params["vserver"], params["volume"])
        if params["directory"] is None:
            found = files.lookup(client, volume, paths)
            entries = [found[path] for path in paths if found[path] is not None]
            missing = [path for path in paths if found[path] is None]
        else:
            entries = sorted(
                listed(client, volume, directory, params["pattern"]), key=lambda entry: entry.name
            )
            missing = []
        return {
            "changed": False,
            "files": [entry.as_dict() for entry in entries],
            "missing": missing,
            "volume": {
                name: getattr(volume, name) for name in ("name", "svm", "junction", "size", "available")
            },
            "requests": {"ontap": client.requests},
        }


def listed(client, volume, directory, pattern):
    """The entries of a directory; a path that is none gets its sentence.

    What ONTAP answers for the list of a file is not documented: a refusal, nothing, or the file itself. So
    one request more finds out where the answer is of that kind.
    """
    try:
        entries = files.list_directory(client, volume, directory, pattern)
    except (NotFound, Refused) as refusal:
        if not files.is_no_directory(client, volume, directory, refusal):
            raise
        entries = []
    itself = [entry.name for entry in entries] == [posixpath.basename(directory)]
    if not directory or (entries and not itself):
        return entries
    info = files.file_info(client, volume, directory)
    if info is None:
        raise NotFound(
            f"The directory {directory!r} does not exist in {volume}",
            client.host,
            "name an existing directory, relative to the root of the FlexVol",
            code=errors.NO_SUCH_FILE,
        )
    if info.type != "directory":
        raise WrongInput(
            f"The directory {directory!r} in {volume} is a {info.type}", client.host, "give its path in paths"
        )
    return entries


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **ontap_argument_spec(),
            "vserver": {"type": "str", "required": True},
            "volume": {"type": "str", "required": True},
            "paths": {"type": "list", "elements": "str"},
            "directory": {"type": "str"},
            "pattern": {"type": "str"},
        },
        required_one_of=[("paths", "directory")],
        mutually_exclusive=[("paths", "directory"), ("paths", "pattern")],
        supports_check_mode=True,
    )
    run(module, gather)


if __name__ == "__main__":
    main()
