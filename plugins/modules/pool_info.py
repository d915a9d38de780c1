# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder pools with what is behind them on ONTAP."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool_info
short_description: Tell which FlexVol is behind each Cinder pool
version_added: "0.1.0"
description:
  - Joins the pools that Cinder reports with the SVM, FlexVol and junction behind them on ONTAP, with free
    space and the files of the image cache. It changes nothing.
  - "Requests to OpenStack, apart from the login: pools one, volume type two, and with SAN pools one per
    thousand volumes of the cloud. To ONTAP three for each connection and one for each FlexVol, which an
    account with the rights of Cinder's driver may send."
options:
  volume_type:
    description: The pools that this volume type may use. Without this, O(backend), O(pools) and
      O(pool_query), the pools of Cinder's default volume type.
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
        M(openstack_ontap.enhanced_instance.image_path_info). V(@) is all of them.
    type: str
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.ontap.list
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
notes:
  - The user of the cloud needs the role admin, because Cinder shows pools to administrators only.
seealso:
  - module: openstack_ontap.enhanced_instance.image_path_info
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
"""

EXAMPLES = r"""
- name: Every pool of the cloud
  openstack_ontap.enhanced_instance.pool_info:
    cloud: operators
    ontap: "{{ enhanced_instance_ontap }}"
    pool_query: "@"
  register: found

- name: FlexVols whose junction is not their name
  ansible.builtin.debug:
    msg: "{{ found.pools | rejectattr('junction_is_name') | map(attribute='flexvol') }}"
"""

RETURN = r"""
pools:
  description: One record for each pool.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: "Name of the pool, host@backend#share.", type: str, returned: always}
    backend: {description: Section of the backend., type: str, returned: always}
    share: {description: The pool's share., type: str, returned: always}
    protocol: {description: Storage protocol in small letters., type: str, returned: always}
    lif: {description: Address or name in the share., type: str, returned: always}
    free_gib: {description: Free GiB as Cinder reports them., type: float, returned: always}
    svm: {description: SVM; null when no FlexVol was found., type: str, returned: always}
    flexvol: {description: FlexVol; null when none was found., type: str, returned: always}
    flexvol_uuid: {description: UUID of the FlexVol., type: str, returned: always}
    junction: {description: Where the FlexVol is mounted., type: str, returned: always}
    junction_is_name:
      description: Whether the junction is the FlexVol's name, as Cinder's own copy between FlexVols needs it.
      type: bool
      returned: always
    size: {description: Bytes of the FlexVol., type: int, returned: always}
    available: {description: Free bytes of the FlexVol., type: int, returned: always}
    why_no_flexvol: {description: Why no FlexVol was found; else empty., type: str, returned: always}
    directory:
      description: Folder below C(nfs_mount_point_base) where Cinder mounts the share.
      type: str
      returned: always
    entries:
      description: Files of the image cache in the FlexVol's root, with name, size in bytes, owner_id,
        group_id and mode.
      type: list
      elements: dict
      returned: always
    image_volumes:
      description: Image-volumes of a SAN pool, those that image_cache made and those that Cinder's cache
        keeps, with id, image_id, size (GiB) and status.
      type: list
      elements: dict
      returned: always
    capabilities: {description: What Cinder reports of the pool., type: dict, returned: always}
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
from ..module_utils.usecases import pools
from ..module_utils.usecases import session as shared


def tell(module):
    """Read, join, tell."""
    asked = shared.question(module.params)
    with shared.session(module.params) as session:
        records = pools.report(session.cloud, session.arrays, asked)
        return {"changed": False, "pools": records, "requests": session.requests}


def main():
    """Entry point."""
    module = CloudModule(
        argument_spec={
            **openstack_argument_spec(),
            **ontap_list_argument_spec(),
            **shared.pool_arguments(),
        },
        mutually_exclusive=shared.POOL_EXCLUSIVE,
        supports_check_mode=True,
    )
    run(module, tell)


if __name__ == "__main__":
    main()
