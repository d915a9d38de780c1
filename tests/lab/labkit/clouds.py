# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""clouds.yaml of the lab: ``lab-admin`` and ``lab-demo``."""

from __future__ import annotations

from .secret import write_private

_CLOUD = """  {cloud}:
    auth:
      auth_url: {url}
      username: {user}
      password: {password}
      project_name: {project}
      user_domain_id: default
      project_domain_id: default
    region_name: RegionOne
    interface: public
    identity_api_version: 3
"""


def write(lab, addresses):
    text = "clouds:\n"
    for cloud, user, project, secret in (
        ("lab-admin", "admin", "admin", "keystone_admin"),
        ("lab-demo", "demo", "demo", "user_demo"),
    ):
        text += _CLOUD.format(
            cloud=cloud,
            url=addresses.url("keystone", "/v3"),
            user=user,
            password=lab.secret(secret),
            project=project,
        )
    write_private(lab.clouds, text)
