# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_location_info
short_description: Images whose location does not tell on which export their file lies
version_added: "0.1.0"
description:
  - Glance hands out the metadata of its store (C(filesystem_store_metadata_file)) with the location of each
    image that is uploaded from then on. Images of before have none, and can only be downloaded. This lists
    them with the ways to mend them. It changes nothing.
  - "Requests, apart from the login: one for each thousand images, and one an image."
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
extends_documentation_fragment:
  - openstack_ontap.enhanced_instance.openstack
  - openstack_ontap.enhanced_instance.attributes
  - openstack_ontap.enhanced_instance.attributes.info
  - openstack_ontap.enhanced_instance.attributes.action_group_openstack
"""

EXAMPLES = r"""
- name: See which images have to be uploaded again
  openstack_ontap.enhanced_instance.image_location_info:
    cloud: admin
"""

RETURN = r"""
images:
  description: Active images without a usable location.
  type: list
  elements: dict
  returned: always
  contains:
    image: {description: Name of the image., type: str, returned: always}
    id: {description: ID of the image., type: str, returned: always}
    reason: {description: Why its location is of no use., type: str, returned: always}
    cure: {description: What mends it., type: str, returned: always}
active:
  description: Number of all active images.
  type: int
  returned: always
requests:
  description: Requests sent.
  type: int
  returned: always
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) and C(cure).
  type: dict
  returned: when the task failed
"""

from ..module_utils.arguments import openstack_argument_spec
from ..module_utils.module import CloudModule, run
from ..module_utils.openstack import client
from ..module_utils.usecases import image_locations


def look(module):
    cloud = client.connect(module.params)
    cloud.warm("image")
    images, active = image_locations.unusable(cloud)
    return {"changed": False, "images": images, "active": active, "requests": cloud.requests}


def main():
    module = CloudModule(argument_spec=openstack_argument_spec(), supports_check_mode=True)
    run(module, look)


if __name__ == "__main__":
    main()
