# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many persistent instances from one image."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instances
short_description: Create or remove many persistent instances from one image
version_added: "0.1.0"
description:
  - For each name it has Cinder make a volume from the image and Nova boot a server from the volume. Volumes
    and servers overlap, a bounded number of instances is under way at once, and all of them are watched by
    one list request for volumes and one for servers.
  - Each instance is reported with the pool that Cinder chose, the path that the image took, and the evidence,
    gathered before the guest writes. Both are kept as metadata of the volume. Where the evidence is not
    what the entries foretold, a warning names both.
  - Before the first create the quotas of Cinder and Nova and, with an administrator, the room in the pools
    are looked at. Where not all instances fit, none is made. Nor is any where the key pair, the zone or a
    security group is not there, or Nova would refuse a name or another text.
  - A name is an instance of the project. What is there is left alone; O(on_mismatch) says what follows where
    it is another one than asked for. Where several servers bear the name, the record fails and lists them.
  - What a killed run left behind is adopted, or deleted where it is too much and no server ever had it. A
    volume whose server was deleted gets a server again, with its data; where it is in error, the record
    fails, because only a volume that never had a server, or whose deletion was asked for, is replaced. A
    volume that was restored from a backup bears the same marks and is nobody's but the user's.
  - Two runs for the same names at the same moment make one instance of each name. Both watch the volumes that
    bear a name; the oldest one is the instance's, and whoever made another one deletes it. The clocks of
    Cinder's API hosts must agree within a second.
  - A failure of some does not stop the others; the task fails then with the whole list.
  - "Requests to OpenStack, apart from the login: five lists in an unchanged run, however many instances; else
    three for each new instance, one each for O(key_name), O(availability_zone) and O(security_groups), and
    the polls. To ONTAP, for each new instance one (evidence), and the
    plan's."
options:
  state:
    description:
      - V(present) makes what is missing. V(absent) removes the servers of these names, and the volumes that
        this module made for them; other volumes stay. Where such a volume is attached to a server of another
        name, the record fails and nothing of it is removed.
    type: str
    choices: [present, absent]
    default: present
  names:
    description: Names of the instances.
    type: list
    elements: str
  count:
    description: How many instances, named by O(name_pattern), instead of O(names).
    type: int
  name_pattern:
    description: Python format string with C({index}), which counts from 1.
    type: str
    default: "instance-{index:03d}"
  image:
    description: Name or ID of the image; a hidden one or one of the community by its ID alone. Needed for
      O(state=present).
    type: str
  flavor:
    description: Name or ID of the flavor. Needed for O(state=present).
    type: str
  network:
    description: Name or ID of the network; V(auto) and V(none) as Nova understands them. Left out, V(auto).
    type: str
  nics:
    description:
      - Instead of O(network), a list of dictionaries with C(net-id), C(net-name), C(port-id) or
        C(port-name), and C(tag) where it is wanted; or of texts such as
        C(net-name=private,net-name=storage). A port serves one instance only.
    type: list
    elements: raw
  volume_type:
    description: Name or ID of the volume type; left out, Cinder's default one.
    type: str
  volume_size:
    description: GiB of each volume; left out, the least that holds the image.
    type: int
  volume_availability_zone:
    description: Availability zone of the volumes.
    type: str
  key_name:
    description: Name of the key pair.
    type: str
  security_groups:
    description: Names or IDs of security groups; left out, Nova's default.
    type: list
    elements: str
  availability_zone:
    description: Availability zone of the servers. Administrators may add a host and a node, as in
      V(nova:host1) or V(:host1); Nova alone judges these, and the zone of an instance that exists is not
      compared then.
    type: str
  userdata:
    description: User data for cloud-init, as text.
    type: str
  config_drive:
    description: Whether the servers get a config drive; left out, as Nova and the image say.
    type: bool
  description:
    description: Description of the servers.
    type: str
  metadata:
    description: Metadata of the servers, as a dictionary or as text such as C(key1=value1,key2=value2).
    type: raw
    aliases: [meta]
  tags:
    description: Tags of the servers.
    type: list
    elements: str
  scheduler_hints:
    description: Hints for Nova's scheduler.
    type: dict
  terminate_volume:
    description:
      - Whether Nova deletes the volume when somebody deletes the server. Where it does not, the next run
        gives the volume a server again, with its data. O(state=absent) removes the volume in any case.
    type: bool
    default: false
    aliases: [delete_on_termination]
  boot_from_volume:
    description: As in M(openstack.cloud.server); V(false) is refused, since every instance here has a volume.
    type: bool
    default: true
  auto_ip:
    description: Refused when true, as are the next five; what a task written for M(openstack.cloud.server)
      brings along is told instead of lost.
    type: bool
    aliases: [auto_floating_ip, public_ip]
  boot_volume:
    description: Refused.
    type: str
    aliases: [root_volume]
  flavor_ram:
    description: Refused.
    type: int
  floating_ip_pools:
    description: Refused.
    type: list
    elements: str
  floating_ips:
    description: Refused.
    type: list
    elements: str
  volumes:
    description: Refused.
    type: list
    elements: str
  admin_cloud:
    description:
      - Cloud of an administrator, by its name in clouds.yaml or as a dictionary, for a user of O(cloud) to
        whom Cinder shows no pools. With it the pools and their entries are looked at before the first
        create, and the reports name the pools. Its user needs the roles admin and service.
      - Without an administrator the FlexVol of a volume is found by looking for its file, and
        RV(instances[].pool) says C(svm:flexvol).
      - Instances are always made by the user of O(cloud).
    type: raw
  on_mismatch:
    description:
      - What to do when an instance of the name exists and is another one than asked for. V(fail) fails its
        record, V(report) leaves it alone and warns, V(keep) leaves it alone. RV(instances[].mismatches) lists
        the differences in any case. It is never changed.
      - "Compared are image, flavor, root disk; and where they are given, volume type and size, networks,
        security groups, key, availability zone, config drive, description, metadata and tags."
    type: str
    choices: [fail, report, keep]
    default: fail
  download:
    description:
      - What to do when a pool that Cinder may choose holds no usable cache entry. V(allow) nothing, V(warn)
        warn, V(refuse) create nothing and fail. The last two look right before the first create, which needs
        O(ontap) and an administrator.
    type: str
    choices: [allow, warn, refuse]
    default: warn
  owner_uid:
    description: User ID that an entry must have to be usable, where the driver works with
      C(nas_secure_file_operations); left out, nobody looks at owners.
    type: int
  owner_gid:
    description: Group ID that an entry must have, together with O(owner_uid).
    type: int
  source_lun:
    description: For a volume type of SAN pools, a LUN that holds the image's content, as C(/vol/VOLUME/LUN).
      The plan counts on it as M(openstack_ontap.enhanced_instance.image_cache) does, which makes the
      image-volumes.
    type: str
  concurrency:
    description: Most calls to Cinder and Nova at once; five times as many instances are under way.
    type: int
    default: 4
  timeout:
    description: Seconds that one instance may take, or the removal of all.
    type: int
    default: 3600
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
    details: Names of instances before and after.
  idempotent:
    support: full
notes:
  - A tenant without an account on the storage gives an empty list as O(ontap), and gets no evidence beyond
    Cinder's own.
  - Run M(openstack_ontap.enhanced_instance.image_cache) first, so that nothing is downloaded.
seealso:
  - module: openstack_ontap.enhanced_instance.image_cache
  - module: openstack.cloud.server
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Six instances, none of them by download
  openstack_ontap.enhanced_instance.instances:
    cloud: demo
    admin_cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    count: 6
    name_pattern: "web-{index:02d}"
    image: debian-13
    flavor: m1.small
    network: private
    volume_type: enhanced
    volume_size: 10
    download: refuse
  register: made

- name: Show them
  ansible.builtin.debug:
    var: made.table

- name: Remove two of them
  openstack_ontap.enhanced_instance.instances:
    cloud: demo
    ontap: []
    names: [web-05, web-06]
    state: absent
"""

RETURN = r"""
instances:
  description: One record for each name, in the order of the arguments.
  returned: always, except when nothing was begun
  type: list
  elements: dict
  contains:
    name: {description: Name of the instance., type: str, returned: always}
    id: {description: ID of the server., type: str, returned: always}
    volume_id: {description: ID of the volume., type: str, returned: always}
    pool: {description: "Pool that Cinder chose, null when unknown.", type: str, returned: always}
    path:
      description: V(cache_clone), V(image_clone), V(copy_offload) or V(download); null when the evidence
        does not say.
      type: str
      returned: always
    seconds: {description: From the first request to ACTIVE; null when it was there., type: float, returned:
      always}
    why: {description: What the evidence says., type: str, returned: always}
    evidence:
      description: C(verdict) (clone, download or inconclusive), C(foreseen) (the path that was foretold), and
        the signs, C(entry_before), C(used_bytes), C(unique_bytes), C(signature_verified) and
        C(volume_seconds).
      type: dict
      returned: always
    action:
      description: What was to be done, V(keep), V(tidy), V(await_server), V(boot), V(await_volume),
        V(replace), V(create), V(conflict) or V(remove).
      type: str
      returned: always
    mismatches:
      description: In what it is another one than asked for, as C(what), C(found) and C(wanted).
      type: list
      elements: dict
      returned: always
    changed: {description: "Whether something was, or in check mode would be, changed.", type: bool,
      returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    failure: {description: The failure in parts; null without one., type: dict, returned: always}
    msg: {description: The failure as a sentence., type: str, returned: when it failed}
summary:
  description: How many instances took each path, C(changed), C(unchanged), C(failed) and C(total).
  returned: as RV(instances)
  type: dict
image:
  description: The image, with C(id), C(name) and C(size) in bytes.
  returned: as RV(instances), with O(state=present)
  type: dict
plan:
  description: The plan that was looked at right before the first create, as
    M(openstack_ontap.enhanced_instance.image_path_info) returns it with C(paths), C(forecast), C(summary),
    C(primed) and C(table); null when no server was to be made, or nobody may look.
  returned: as RV(instances), with O(state=present), and when O(download=refuse) has refused
  type: dict
table:
  description: Instance, pool, path, seconds and why, as lines of text.
  returned: as RV(instances)
  type: list
  elements: str
requests:
  description: Requests sent, C(ontap) and C(openstack), and C(calls) with the number of each kind to
    OpenStack.
  returned: as RV(instances)
  type: dict
failure:
  description: The first failure, in parts.
  returned: when the task failed
  type: dict
"""

from ..module_utils import instance_arguments
from ..module_utils.arguments import ontap_list_argument_spec, openstack_argument_spec
from ..module_utils.failures import WrongInput
from ..module_utils.module import CloudModule, run
from ..module_utils.planner import nova_rules
from ..module_utils.planner.facts import Wanted
from ..module_utils.planner.names import expand_names
from ..module_utils.usecases import boot, unboot
from ..module_utils.usecases import session as shared


def keep_instances(module):
    """Read, decide, act."""
    params = module.params
    shared.require_positive(params, "concurrency", "timeout")
    instance_arguments.refuse_unserved(params)
    try:
        names = expand_names(params["names"], params["count"], params["name_pattern"])
    except ValueError as exc:
        raise WrongInput(str(exc)) from exc
    with shared.session(params) as session:
        if params["state"] == "absent":
            session.cloud.warm("compute", "block_storage")
            result = unboot.absent(
                session.cloud,
                names,
                params["concurrency"],
                params["timeout"],
                session.progress,
                module.check_mode,
            )
        else:
            session.cloud.warm("image", "compute", "block_storage")
            result = boot.present(
                session.cloud,
                session.admin,
                session.arrays,
                wanted(params, names),
                session.progress,
                module.check_mode,
            )
        for text in result.pop("warnings"):
            module.warn(text)
        return dict(result, requests=session.requests)


def wanted(params, names):
    """The use case's request from the arguments."""
    size = params["volume_size"]
    if size is not None and size < 1:
        raise WrongInput(f"volume_size is {size} GiB", cure="give 1 or more")
    options = instance_arguments.server_options(params)
    refused = nova_rules.fault(names, options)
    if refused:
        raise WrongInput(refused[0], cure=refused[1])
    return boot.Request(
        names=tuple(names),
        image=params["image"],
        flavor=params["flavor"],
        nics=instance_arguments.nics(params, len(names)),
        volume_type=params["volume_type"],
        volume_size=size,
        server_options=options,
        volume_zone=params["volume_availability_zone"],
        on_mismatch=params["on_mismatch"],
        download=params["download"],
        wanted=Wanted(params["owner_uid"], params["owner_gid"], "0660"),
        source_lun=params["source_lun"] or None,
        concurrency=params["concurrency"],
        timeout=params["timeout"],
    )


def main():
    """Entry point."""
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **ontap_list_argument_spec(),
            **instance_arguments.server_argument_spec(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "names": {"type": "list", "elements": "str"},
            "count": {"type": "int"},
            "name_pattern": {"type": "str", "default": "instance-{index:03d}"},
            "image": {"type": "str"},
            "flavor": {"type": "str"},
            "volume_type": {"type": "str"},
            "volume_size": {"type": "int"},
            "volume_availability_zone": {"type": "str"},
            "admin_cloud": {"type": "raw"},
            "on_mismatch": {"type": "str", "choices": ["fail", "report", "keep"], "default": "fail"},
            "download": {"type": "str", "choices": ["allow", "warn", "refuse"], "default": "warn"},
            "owner_uid": {"type": "int"},
            "owner_gid": {"type": "int"},
            "source_lun": {"type": "str"},
            "concurrency": {"type": "int", "default": 4},
        },
        required_one_of=[("names", "count")],
        required_together=[("owner_uid", "owner_gid")],
        mutually_exclusive=[("names", "count"), ("network", "nics")],
        required_if=[("state", "present", ("image", "flavor"))],
        supports_check_mode=True,
    )
    run(module, keep_instances)


if __name__ == "__main__":
    main()
