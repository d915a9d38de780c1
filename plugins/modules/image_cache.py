# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image cache entries on FlexVols."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_cache
short_description: Make or remove image cache entries on the FlexVols of Cinder pools
version_added: "0.1.0"
description:
  - Makes the file C(img-cache-ID) in the root of each FlexVol, where Cinder's driver looks for it, so that
    every volume from the image is a clone and nothing is downloaded.
  - In the FlexVol that holds the image's own file it is a FlexClone; into the others ONTAP copies it inside
    the cluster, several at a time. The image's own FlexVol comes first.
  - An entry has its name only when its content is complete and checked. What a killed run left behind is
    finished or removed by the next run. Two runs at once do no harm.
  - With O(owner_uid) an entry goes through the staged file C(eic-stage-ID), because ONTAP's REST API cannot
    change an owner. RV(staged) lists the files that wait for their owner; set it on a Cinder host through its
    NFS mount and run the module again, which publishes them.
  - An image that ONTAP cannot bring to a FlexVol (qcow2, not on ONTAP, another cluster) is left to Cinder,
    which downloads it with the first volume; O(download) says whether that is an error.
  - "Requests to OpenStack as for M(openstack_ontap.enhanced_instance.image_path_info). To ONTAP, beside
    those, for each entry: a clone about three without an owner and six with one, a copy about ten, depending
    on how long ONTAP works."
options:
  state:
    description:
      - V(present) makes entries. V(absent) removes them, staged files and unfinished copies of the images;
        an ID of an image that Glance no longer has will do.
    type: str
    choices: [present, absent]
    default: present
  images:
    description: Names or IDs of images.
    type: list
    elements: str
    required: true
  volume_type:
    description:
      - The FlexVols of the pools that this volume type may use, by its extra specs as Cinder's scheduler
        compares them.
      - Without this, O(backend), O(pools) and O(pool_query), the pools of Cinder's default volume type.
    type: str
  backend:
    description: The pools of this backend, by the name of its section, its C(volume_backend_name) or
      C(host@backend).
    type: str
  pools:
    description: These pools, by their name (C(host@backend#share)) or their share.
    type: list
    elements: str
  pool_query:
    description:
      - JMESPath expression over the list of pools, which gives a list of pools or of their names; see
        M(openstack_ontap.enhanced_instance.image_path_info).
    type: str
  owner_uid:
    description:
      - User ID of cinder-volume. Needed where C(nas_secure_file_operations) is on, because then the driver
        may not chmod a clone of another user's file, and volumes end in error.
      - Left out, nobody looks at owner and mode, and entries keep those of the image's file.
    type: int
  owner_gid:
    description: Group ID of cinder-volume.
    type: int
  mode:
    description: Mode of an entry in octal digits. Only looked at with O(owner_uid).
    type: str
    default: "0660"
  source_lun:
    description:
      - For SAN pools (iSCSI, FC), a LUN that holds the image's content, whole, as C(/vol/VOLUME/LUN); a golden LUN of the operator's.
      - The array clones it within its FlexVol and copies it into the others of its SVM, and Cinder adopts the results as
        image-volumes. Without it, image-volumes that the image's locations name serve as sources.
    type: str
  download:
    description:
      - What to do where only a download by Cinder would bring the image. V(allow) reports the path, V(warn)
        warns, V(refuse) makes these entries fail.
    type: str
    choices: [allow, warn, refuse]
    default: warn
  concurrency:
    description: Most entries worked on at once, 1 to 50. It starts with two, and slows down while ONTAP is
      busy.
    type: int
    default: 4
  max_throughput:
    description: Most bytes per second of one copy; V(0) is no limit.
    type: int
    default: 0
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.ontap.list
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - The user of the cloud needs the roles admin (pools) and service (locations of images).
  - Cinder may remove entries at any time when a FlexVol has little space free; running this on a schedule
    brings them back.
seealso:
  - module: openstack_ontap.enhanced_instance.image_path_info
  - module: openstack_ontap.enhanced_instance.instances
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Have the image in the cache of every FlexVol of the type
  openstack_ontap.enhanced_instance.image_cache:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images: [debian-13]
    volume_type: enhanced
    owner_uid: 42407
    owner_gid: 42407
  register: primed

- name: Give staged files their owner on a Cinder host
  ansible.builtin.file:
    path: "/var/lib/cinder/mnt/{{ item.directory }}/{{ item.file }}"
    owner: "{{ item.uid }}"
    group: "{{ item.gid }}"
    mode: "{{ item.mode }}"
  loop: "{{ primed.staged }}"
  delegate_to: cinder-1

- name: Remove the entries of an image
  openstack_ontap.enhanced_instance.image_cache:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images: [5a8f3c52-3f05-4f3a-8a2e-0f1d3b6a7c11]
    volume_type: enhanced
    state: absent
"""

RETURN = r"""
entries:
  description: One record for each image and FlexVol.
  returned: always
  type: list
  elements: dict
  contains:
    image: {description: Name of the image., type: str, returned: always}
    image_id: {description: ID of the image., type: str, returned: always}
    pool: {description: "Name of the pool, host@backend#share.", type: str, returned: always}
    share: {description: The pool's share., type: str, returned: always}
    svm: {description: SVM behind the pool; null when it was not found., type: str, returned: always}
    flexvol: {description: FlexVol behind the pool; null when it was not found., type: str, returned: always}
    path:
      description: V(cache_clone) for an entry that was there, else how it was or would be made.
      type: str
      returned: always
    action:
      description: What was to be done, V(keep), V(tidy), V(publish), V(await_owner), V(stage), V(make),
        V(impossible) or V(remove).
      type: str
      returned: always
    changed: {description: "Whether something was, or in check mode would be, changed.", type: bool,
      returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    failure: {description: The failure in parts; null without one., type: dict, returned: always}
    msg: {description: The failure as a sentence., type: str, returned: when it failed}
    bytes: {description: Bytes of the image where it was cloned or copied., type: int, returned: always}
    seconds: {description: How long it took., type: float, returned: always}
    entry:
      description: The entry afterwards, with name, size in bytes, owner_id, group_id and mode; null without
        one.
      type: dict
      returned: always
    reasons: {description: "Why this path, and why no better one.", type: list, elements: str, returned:
      always}
    cures: {description: What would mend it., type: list, elements: str, returned: always}
staged:
  description: Staged files that wait for their owner.
  returned: always
  type: list
  elements: dict
  contains:
    pool: {description: Name of the pool., type: str, returned: always}
    share: {description: "The share, as Cinder mounts it.", type: str, returned: always}
    directory:
      description: Folder below C(nfs_mount_point_base) where Cinder mounts the share.
      type: str
      returned: always
    file: {description: Name of the file in the share's root., type: str, returned: always}
    flexvol: {description: FlexVol that holds it., type: str, returned: always}
    svm: {description: SVM of the FlexVol., type: str, returned: always}
    image_id: {description: ID of the image., type: str, returned: always}
    uid: {description: User ID to set., type: int, returned: always}
    gid: {description: Group ID to set., type: int, returned: always}
    mode: {description: Mode to set., type: str, returned: always}
summary:
  description: How many entries took each path, C(changed), C(failed), C(staged) and C(total).
  returned: always
  type: dict
requests:
  description: Requests sent, C(ontap) and C(openstack), and C(calls) with the number of each kind to
    OpenStack.
  returned: always
  type: dict
failure:
  description: The first failure, in parts.
  returned: when the task failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.arguments import ontap_list_argument_spec, openstack_argument_spec
from ..module_utils.module import run
from ..module_utils.usecases import cache, plan
from ..module_utils.usecases import session as shared


def keep_entries(module):
    """Read, decide, act."""
    params = module.params
    shared.require_positive(params, "concurrency", "timeout")
    absent = params["state"] == "absent"
    asked = shared.question(params, params["images"], gone_images=absent)
    options = cache.Options(
        concurrency=min(params["concurrency"], 50),
        download=params["download"],
        max_throughput=params["max_throughput"],
        timeout=params["timeout"],
        check_mode=module.check_mode,
    )
    with shared.session(params) as session:
        scene = plan.read(session.cloud, session.arrays, asked)
        act = cache.remove if absent else cache.prime
        result = act(scene, session.arrays, options, session.progress)
        for text in result.pop("warnings"):
            module.warn(text)
        return dict(result, requests=session.requests)


def main():
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **openstack_argument_spec(),
            **ontap_list_argument_spec(),
            **shared.pool_arguments(),
            **shared.entry_arguments(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "download": {"type": "str", "choices": ["allow", "warn", "refuse"], "default": "warn"},
            "concurrency": {"type": "int", "default": 4},
            "max_throughput": {"type": "int", "default": 0},
        },
        mutually_exclusive=shared.POOL_EXCLUSIVE,
        required_together=shared.OWNER_TOGETHER,
        supports_check_mode=True,
    )
    run(module, keep_entries)


if __name__ == "__main__":
    main()
