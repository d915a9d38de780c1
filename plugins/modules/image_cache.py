# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image cache entries on FlexVols."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_cache
short_description: Make, remove or prune image cache entries on the FlexVols of Cinder pools
version_added: "0.1.0"
description:
  - Makes the file C(img-cache-ID) in the root of each FlexVol, where Cinder's driver looks for it, so that
    every volume from the image is a clone and nothing is downloaded.
  - "There are three ways, told by RV(entries[].way). V(array), a FlexClone in the FlexVol that holds the
    image's own file, and copies inside the cluster into the others, several at a time; the image's own
    FlexVol comes first. V(array_owner), the same by way of a staged file that gets its owner on a Cinder
    host. V(cinder), for an image that the array can bring to none of the FlexVols (qcow2, not on ONTAP):
    Cinder downloads and converts it once into a throwaway volume, its driver registers the entry, the volume
    is deleted, and the array copies the entry to the other FlexVols."
  - An entry has its name only when its content is complete and checked. What a killed run left behind, files
    as well as throwaway volumes, is finished or removed by the next run. Two runs at once do no harm.
  - With O(owner_uid) an entry goes through the staged file C(eic-stage-ID), because ONTAP's REST API cannot
    change an owner. RV(staged) lists the files that wait for their owner; set it on a Cinder host through its
    NFS mount and run the module again, which publishes them.
  - A pool on iSCSI or FC has no cache files; there the module makes an image-volume, from which Cinder clones
    LUNs. The array clones a LUN with the image's content, or copies it to another FlexVol of the SVM, Cinder
    adopts it, and a location of the image names it last of all. See C(docs/san.md) for what that needs of
    Glance and Cinder.
  - Where the array has no such LUN, Cinder downloads the image once into each pool, by a throwaway volume
    there; its image-volume cache keeps a clone, which belongs to Cinder's internal tenant. Cinder takes no
    pool with a new volume, so a private volume type leads to each pool where the task's own leads to several.
  - Before anything starts, RV(space) tells what will be copied into each FlexVol. An entry that finds no room
    fails with what would mend it, and the others go on.
  - "Requests to OpenStack as for M(openstack_ontap.enhanced_instance.image_path_info) and one more, a list of
    throwaway volumes. For each image that is downloaded a create, a list, a delete, and a look every one to
    ten seconds; on SAN pools that for each image and pool and two more, beside one for pools, one for volume
    types and one for each type that is made. To ONTAP, beside those of image_path_info, for each entry: a
    clone about three without an owner and six with one, a copy about ten, depending on how long ONTAP works;
    for each image that was downloaded one for each FlexVol, and one."
  - "Requests for V(pruned), to OpenStack: pools one, volume type two, images one for names, one for IDs and
    one for those of them that are not found, one per thousand that O(images_where) finds, one per hundred
    other images in the caches and one more per hundred of them that are missing; with O(max_age_days) or a
    budget one per thousand volumes, newest first and no further than needed; throwaway volumes one. To ONTAP:
    three a connection, one a FlexVol, two for each leftover, and one or two for each file removed."
options:
  state:
    description:
      - V(present) makes entries. V(absent) removes them, staged files and unfinished copies of the images;
        an ID of an image that Glance no longer has will do.
      - V(pruned) removes, from the FlexVols of the pools, entries and staged files whose image Glance no
        longer has, unfinished copies and throwaway volumes that killed runs left, and what O(max_age_days)
        and the budgets say. Entries of O(images) and O(images_where) are wanted and stay. Nothing but these
        files is ever touched.
      - On SAN pools V(pruned) removes image-volumes that this module made, whose image is gone or which no
        location of it names now. V(absent) also deletes those of Cinder's own cache.
      - A leftover counts as a killed run's when nothing has changed it for an hour and no copy job may be
        writing it.
    type: str
    choices: [present, absent, pruned]
    default: present
  images:
    description: Names or IDs of images; hidden images and the community's by their ID alone. This or
      O(images_where) is needed, except for O(state=pruned).
    type: list
    elements: str
  max_age_days:
    description:
      - With O(state=pruned), entries of images that were not used for more days than this go.
      - An image counts as used when the newest of its volumes that there are was made, in whatever project
        and pool, and when the entry itself was made; the later of the two counts. The driver leaves no trace
        of a clone in an entry's access time, so that is not looked at. Images whose volumes are soon deleted
        leave no such record either; name them as wanted.
    type: int
  budget_gib:
    description: With O(state=pruned), the most that entries may occupy in one FlexVol, in GiB; those not used
      for longest go first. Blocks that an entry shares with its clones count.
    type: int
  budget_count:
    description: With O(state=pruned), the most entries in one FlexVol; those not used for longest go first.
    type: int
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
      - For SAN pools (iSCSI, FC), a LUN that holds the image's content, as C(/vol/VOLUME/LUN); a golden
        LUN of the operator's.
      - The array clones it within its FlexVol and copies it into the others of its SVM, and Cinder adopts the
        results as image-volumes. Without it, image-volumes that the image's locations name serve as sources.
    type: str
  internal_project:
    description:
      - Name of Cinder's internal tenant (C(cinder_internal_tenant_project_id)), which owns the image-volumes
        of its cache on SAN pools. With it, its quota is looked at before anything is downloaded, and volumes
        of others that only look like its image-volumes are let alone.
    type: str
  download:
    description:
      - What to do where only a download by Cinder would bring the image. V(allow) lets Cinder
        download it once where that serves, V(warn) warns as well, V(refuse) makes these entries fail and
        creates nothing.
    type: str
    choices: [allow, warn, refuse]
    default: warn
  capabilities:
    description:
      - Capability file of M(openstack_ontap.enhanced_instance.ontap_probe) on the host that runs the module.
        Where it says that an SVM refuses copies none is tried; where an answer that counts is unknown, one
        entry is made at a time.
      - Left out, nothing is known to be refused.
    type: path
  concurrency:
    description: Most entries worked on at once, 1 to 50, which is what ONTAP copies at once in a cluster. It
      starts with four, doubles four times a second until ONTAP says that it is busy, and slows down then. Of
      downloads through Cinder at most four are under way.
    type: int
    default: 16
  max_throughput:
    description: Most bytes per second of one copy; V(0) is no limit.
    type: int
    default: 0
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.images
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

- name: Have all public images with the tag golden in the caches
  openstack_ontap.enhanced_instance.image_cache:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images_where:
      tags: [golden]
      visibility: public
    volume_type: enhanced

- name: Remove what is gone, was not used for a month, or is beyond 200 GiB in a FlexVol; keep golden images
  openstack_ontap.enhanced_instance.image_cache:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    images_where:
      tags: [golden]
    volume_type: enhanced
    state: pruned
    max_age_days: 30
    budget_gib: 200

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
  description: One record for each image and FlexVol; with O(state=pruned) one for each cache file.
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
      returned: unless O(state=pruned)
    way:
      description: V(array), V(array_owner) or V(cinder), the way by which it was or would be made; null where
        nothing was to be made or nothing can be.
      type: str
      returned: unless O(state=pruned)
    file: {description: Name of the file., type: str, returned: with O(state=pruned)}
    why:
      description: Why a file goes, V(gone), V(age), V(budget) or V(leftover), or why it stays, V(wanted),
        V(used) or V(alive), which is a file that a run may still be at work on.
      type: str
      returned: with O(state=pruned)
    last_used: {description: "When the image was last used as far as is known, in UTC.", type: str, returned:
      with O(state=pruned)}
    action:
      description: What was to be done, V(keep), V(tidy), V(publish), V(await_owner), V(stage), V(make),
        V(download), V(finish), V(impossible) or V(remove).
      type: str
      returned: always
    changed: {description: "Whether something was, or in check mode would be, changed.", type: bool,
      returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    failure: {description: The failure in parts; null without one., type: dict, returned: always}
    msg: {description: The failure as a sentence., type: str, returned: when it failed}
    bytes: {description: "Bytes that were cloned, copied or downloaded; with O(state=pruned) what the file
      occupies.", type: int, returned: always}
    seconds: {description: How long it took., type: float, returned: always}
    image_volume: {description: ID of the image-volume., type: str, returned: for a SAN pool}
    entry:
      description: The entry afterwards, with name, size in bytes, owner_id, group_id and mode; null without
        one.
      type: dict
      returned: unless O(state=pruned)
    reasons: {description: "Why this path, and why no better one.", type: list, elements: str, returned:
      unless O(state=pruned)}
    cures: {description: What would mend it., type: list, elements: str, returned: unless O(state=pruned)}
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
space:
  description: The forecast made before anything starts, for each FlexVol that bytes were to be copied into,
    in bytes.
  returned: with O(state=present)
  type: list
  elements: dict
  contains:
    svm: {description: SVM of the FlexVol., type: str, returned: always}
    flexvol: {description: Name of the FlexVol., type: str, returned: always}
    size: {description: Its size., type: int, returned: always}
    available: {description: What was free., type: int, returned: always}
    bytes: {description: What was to be copied., type: int, returned: always}
    available_after: {description: What is free then., type: int, returned: always}
    percent_free_after: {description: The same in percent of the size., type: int, returned: always}
    fits: {description: Whether everything finds room., type: bool, returned: always}
    cleaned: {description: "Whether Cinder's driver will clean the cache then, which it does at 20 percent
      free or less.", type: bool, returned: always}
volumes_removed:
  description: IDs of throwaway volumes that killed runs left and this run removed; with O(state=pruned) a
    warning names those that Cinder does not let go.
  returned: unless O(state=absent)
  type: list
  elements: str
summary:
  description: How many entries took each path, C(changed), C(failed), C(staged) and C(total); with
    O(state=pruned) how many files went for each reason, C(bytes) that they occupied, C(changed), C(failed)
    and C(total).
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

from dataclasses import replace

from ..module_utils.arguments import ontap_list_argument_spec, openstack_argument_spec
from ..module_utils.failures import WrongInput
from ..module_utils.module import CloudModule, run
from ..module_utils.planner.prune import rules_of
from ..module_utils.usecases import cache, cache_capabilities, cache_prune, plan
from ..module_utils.usecases import session as shared
from ..module_utils.usecases.cache_work import Context, Options

PRUNE_ONLY = ("max_age_days", "budget_gib", "budget_count")


def keep_entries(module):
    """Read, decide, act."""
    params = module.params
    state = params["state"]
    _check(params)
    known = cache_capabilities.read(params["capabilities"]) if params["capabilities"] else None
    asked = shared.question(params, gone_images=state != "present")
    options = Options(
        concurrency=min(params["concurrency"], 50),
        download=params["download"],
        max_throughput=params["max_throughput"],
        timeout=params["timeout"],
        check_mode=module.check_mode,
    )
    with shared.session(params) as session:
        context = Context(session.cloud, session.arrays, options, session.progress)
        if state == "pruned":
            result = cache_prune.prune(asked, rules_of(*(params[name] for name in PRUNE_ONLY)), context)
        else:
            scene = plan.read(session.cloud, session.arrays, asked)
            if known is not None:
                scene, careful = cache_capabilities.apply(scene, known)
                context = replace(context, options=replace(options, concurrency=1)) if careful else context
            result = (cache.remove if state == "absent" else cache.prime)(scene, context)
        for text in result.pop("warnings"):
            module.warn(text)
        return dict(result, requests=session.requests)


def _check(params):
    shared.require_positive(params, "concurrency", "timeout")
    given = [name for name in PRUNE_ONLY if params[name] is not None]
    if given and params["state"] != "pruned":
        raise WrongInput(
            f"{given[0]} belongs to state pruned", cure="leave it out, or prune in a task of its own"
        )
    for name in given:
        if params[name] < 0:
            raise WrongInput(f"{name} is {params[name]} and must not be negative")


def main():
    """Entry point."""
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **ontap_list_argument_spec(),
            **shared.pool_arguments(),
            **shared.image_arguments(),
            **shared.entry_arguments(),
            "state": {"type": "str", "choices": ["present", "absent", "pruned"], "default": "present"},
            "max_age_days": {"type": "int"},
            "budget_gib": {"type": "int"},
            "budget_count": {"type": "int"},
            "capabilities": {"type": "path"},
            "download": {"type": "str", "choices": ["allow", "warn", "refuse"], "default": "warn"},
            "concurrency": {"type": "int", "default": 16},
            "max_throughput": {"type": "int", "default": 0},
        },
        mutually_exclusive=shared.POOL_EXCLUSIVE,
        required_together=shared.OWNER_TOGETHER,
        required_if=[("state", state, shared.IMAGES_REQUIRED, True) for state in ("present", "absent")],
        supports_check_mode=True,
    )
    run(module, keep_entries)


if __name__ == "__main__":
    main()
