# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to OpenStack, with the names of openstack.cloud."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment openstack."""

    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of a cloud in clouds.yaml, or a dictionary with what clouds.yaml would say of it.
      - Left out, O(auth) or the E(OS_CLOUD) and other OS_ variables of the environment say it.
    type: raw
  auth:
    description: What the plugin named by O(auth_type) needs, for passwords auth_url, username, password,
      project_name and the domains.
    type: dict
  auth_type:
    description: Name of the keystoneauth plugin, for another one than password.
    type: str
  region_name:
    description: Name of the region.
    type: str
  wait:
    description: Taken so that module_defaults of openstack.cloud serve; the modules of this collection always
      wait.
    type: bool
    default: true
  timeout:
    description: Seconds that the whole task may take.
    type: int
    default: 3600
  api_timeout:
    description: Seconds to wait for one answer of an API. Left out, clouds.yaml says it, else it is 300.
    type: int
  validate_certs:
    description: Whether to check the certificates of the APIs. Left out, clouds.yaml says it, else they are
      checked.
    type: bool
    aliases: [verify]
  ca_cert:
    description: PEM file of the certification authorities to trust for the APIs.
    type: str
    aliases: [cacert]
  client_cert:
    description: PEM file of a client certificate for the APIs.
    type: str
    aliases: [cert]
  client_key:
    description: PEM file of the key of O(client_cert).
    type: str
    aliases: [key]
  interface:
    description: Which endpoints of the catalogue to use.
    type: str
    choices: [admin, internal, public]
    default: public
    aliases: [endpoint_type]
  sdk_log_path:
    description: File for the log of openstacksdk; none is written when left out.
    type: str
  sdk_log_level:
    description: Level of that log.
    type: str
    choices: [INFO, DEBUG]
    default: INFO
requirements:
  - openstacksdk 4.0 or newer
"""
