# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for images and pools."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_path_info
short_description: Tell which path images will take to Cinder pools, and why
version_added: "0.1.0"
description:
  - For each image and each pool it says which of the four paths the image's bytes will take into the pool's
    FlexVol, why no better one, and what would mend that. It changes nothing.
  - V(cache_clone), the image is in the FlexVol's cache and volumes are clones of it. V(image_clone), the
    image's file is in the same FlexVol and will be cloned into the cache. V(copy_offload), ONTAP will copy it
    there inside the cluster. V(download), Cinder will download it from Glance.
  - V(image_clone) and V(copy_offload) come true when M(openstack_ontap.enhanced_instance.image_cache) runs.
    Without it the stock driver downloads in most such cases.
  - Cinder chooses the pool of a volume, so paths are told for each pool, and RV(forecast) tells for each
    image what an instance gets over all of them.
  - It does not believe a label. The first bytes of each image that Glance calls raw are read on the array,
    and one that begins like another format is not cloned.
  - What it looks at, and the cure for each thing that stands in the way, is in docs/paths.md of the
    collection.
  - On SAN pools, V(cache_clone) means that the pool has an image-volume that Cinder
    will clone. It costs one request more an image and one for Glance's stores, and one to ONTAP for
    O(source_lun).
  - "Requests to OpenStack, apart from the login: images one for names (and one for each with a quote), one
    for IDs, one more for those of them that are not found or hidden, and one per thousand that
    O(images_where) finds, locations one for each image, pools one, volume type two; with SAN pools Glance's
    stores one, image-volumes one for each image, and one with O(internal_project). To ONTAP, for each
    connection: five; one more when the connections show several SVMs, one when an image lies in a directory,
    one during a takeover or giveback. One for each FlexVol, because ONTAP has no call that lists the files of
    several, one or two for each directory with images, and one for the first bytes of each image that Glance
    calls raw."
options:
  images:
    description: Names or IDs of images; hidden images and the community's by their ID alone. This or
      O(images_where) is needed.
    type: list
    elements: str
  volume_type:
    description:
      - The pools that this volume type may use, by its extra specs as Cinder's scheduler compares them.
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
      - JMESPath expression over the list of pools, which gives a list of pools or of their names. A pool has
        C(name), C(backend), C(share), C(protocol), C(lif), C(free_gib), C(svm), C(flexvol), C(junction) and
        C(capabilities). Narrows what the other options choose; alone it chooses from all pools.
    type: str
  owner_uid:
    description: User ID that an entry must belong to, which is that of cinder-volume where
      C(nas_secure_file_operations) is on. Left out, nobody looks at owner and mode.
    type: int
  owner_gid:
    description: Group ID that an entry must belong to.
    type: int
  mode:
    description: Mode that an entry must have, in octal digits. Only looked at with O(owner_uid).
    type: str
    default: "0660"
  volume_size:
    description: GiB of the volumes to come, to see whether the images fit.
    type: int
  source_lun:
    description:
      - For SAN pools (iSCSI, FC), a LUN that holds the image's content, as C(/vol/VOLUME/LUN); a golden
        LUN of the operator's.
      - The array clones it within its FlexVol and copies it into the others of its SVM, and Cinder adopts the
        results as image-volumes. Without it, image-volumes that the image's locations name serve as sources.
    type: str
  internal_project:
    description:
      - Name of Cinder's internal tenant (C(cinder_internal_tenant_project_id)), which owns the image-volumes
        of its cache on SAN pools. With it, volumes of others that only look like its image-volumes count for
        nothing.
    type: str
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.images
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.ontap.list
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
notes:
  - The user of the cloud needs the role admin, because Cinder shows pools and extra specs to administrators
    only, and the role service, because Glance shows locations to it only (or a Glance that shows locations in
    the image record).
seealso:
  - module: openstack_ontap.enhanced_instance.image_cache
  - module: openstack_ontap.enhanced_instance.instances
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: What would happen to volumes of type enhanced
  openstack_ontap.enhanced_instance.image_path_info:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images: [debian-13]
    volume_type: enhanced
  register: plan

- name: Show it
  ansible.builtin.debug:
    var: plan.table

- name: Stop where something would be downloaded
  ansible.builtin.assert:
    that: plan.summary.download == 0
    fail_msg: "{{ plan.forecast | map(attribute='says') | join(' ') }}"

- name: Only pools with 100 GiB free
  openstack_ontap.enhanced_instance.image_path_info:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images: [debian-13]
    pool_query: "[?free_gib > `100`]"
"""

RETURN = r"""
paths:
  description: One record for each image and pool.
  returned: always
  type: list
  elements: dict
  contains:
    image: {description: Name of the image., type: str, returned: always}
    image_id: {description: ID of the image., type: str, returned: always}
    pool: {description: "Name of the pool, host@backend#share.", type: str, returned: always}
    share: {description: The pool's share., type: str, returned: always}
    lif: {description: Address or name in the share., type: str, returned: always}
    svm: {description: SVM behind the pool; null when it was not found., type: str, returned: always}
    flexvol: {description: FlexVol behind the pool; null when it was not found., type: str, returned: always}
    junction: {description: Where the FlexVol is mounted., type: str, returned: always}
    path:
      description: V(cache_clone), V(image_clone), V(copy_offload) or V(download).
      type: str
      returned: always
    unprimed_path:
      description: The path that Cinder's driver takes by itself as long as nobody primes, V(cache_clone),
        V(image_clone) or V(download).
      type: str
      returned: always
    fits:
      description: False when Cinder will refuse the volume whatever the path.
      type: bool
      returned: always
    reasons: {description: "Why this path, and why no better one.", type: list, elements: str, returned:
      always}
    cures: {description: What would mend it., type: list, elements: str, returned: always}
    entry:
      description: The cache entry, with name, size in bytes, owner_id, group_id and mode; null without one.
      type: dict
      returned: always
    source:
      description: SVM, FlexVol, path and qtree (null for none) of the file that is cloned or copied; null for
        the other paths.
      type: dict
      returned: always
forecast:
  description: One record for each image, what an instance of it gets whatever pool Cinder chooses.
  returned: always
  type: list
  elements: dict
  contains:
    image: {description: Name of the image., type: str, returned: always}
    image_id: {description: ID of the image., type: str, returned: always}
    outcome:
      description:
        - V(cloned), each pool has its cache entry. V(prime_first), each pool can have one without a download.
          V(may_download), some pools would download. V(downloaded), each would. V(refused), Cinder makes no
          such volume.
      type: str
      returned: always
    says: {description: The outcome as a sentence., type: str, returned: always}
    pools: {description: Number of pools., type: int, returned: always}
    cache_clone: {description: Number of pools with this path., type: int, returned: always}
    image_clone: {description: Number of pools with this path., type: int, returned: always}
    copy_offload: {description: Number of pools with this path., type: int, returned: always}
    download: {description: Number of pools with this path., type: int, returned: always}
    download_pools:
      description: Names of the pools that would download.
      type: list
      elements: str
      returned: always
    unprimed_pools:
      description: Names of the pools without a usable entry.
      type: list
      elements: str
      returned: always
    cures: {description: What would mend it., type: list, elements: str, returned: always}
  sample:
    - image: debian-13
      image_id: 0f5b8c1e-7f0e-4c43-8a52-3d8bb6a2f1c0
      outcome: prime_first
      says: Image debian-13 needs no download; 1 of 2 pools have no entry yet (cinder_b), which image_cache
        makes.
      pools: 2
      cache_clone: 1
      image_clone: 0
      copy_offload: 1
      download: 0
      download_pools: []
      unprimed_pools: ["host@ontap_nfs#192.0.2.12:/cinder_b"]
      cures: []
summary:
  description: How many image and pool pairs take each path, and C(total).
  returned: always
  type: dict
  sample: {"cache_clone": 1, "image_clone": 0, "copy_offload": 1, "download": 0, "total": 2}
primed:
  description: Whether every pool has an entry that Cinder's driver can use, and nothing staged is left over.
  returned: always
  type: bool
table:
  description: The forecast and the plan as lines of text.
  returned: always
  type: list
  elements: str
requests:
  description: Requests sent, C(ontap) and C(openstack), and C(calls) with the number of each kind to
    OpenStack.
  returned: always
  type: dict
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) and C(cure).
  returned: when the task failed
  type: dict
"""

from ..module_utils.arguments import ontap_list_argument_spec, openstack_argument_spec
from ..module_utils.module import CloudModule, run
from ..module_utils.usecases import plan
from ..module_utils.usecases import session as shared


def tell(module):
    """Read, decide, tell."""
    params = module.params
    asked = shared.question(params)
    with shared.session(params) as session:
        scene = plan.read(session.cloud, session.arrays, asked)
        for text in list(scene.warnings) + plan.junction_warnings(scene.pools):
            module.warn(text)
        return {"changed": False, **plan.told(scene), "requests": session.requests}


def main():
    """Entry point."""
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **ontap_list_argument_spec(),
            **shared.pool_arguments(),
            **shared.image_arguments(),
            **shared.entry_arguments(),
            "volume_size": {"type": "int"},
        },
        mutually_exclusive=shared.POOL_EXCLUSIVE,
        required_together=shared.OWNER_TOGETHER,
        required_one_of=[shared.IMAGES_REQUIRED],
        supports_check_mode=True,
    )
    run(module, tell)


if __name__ == "__main__":
    main()
