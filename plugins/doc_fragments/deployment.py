# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployment needs of a cloud: user, projects, volume types."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments: C(deployment)."""

    DOCUMENTATION = r"""
options:
  locations_user:
    description:
      - Name of the user that Cinder reads image locations with; it needs the roles admin and service. Empty
        to leave it out.
    type: str
    default: cinder_image_locations
  locations_project:
    description: Name of its project.
    type: str
    default: service
  internal_project:
    description: Name of the project that owns Cinder's image-volumes; empty to leave it out.
    type: str
    default: ""
  internal_user:
    description: Name of the user that owns them.
    type: str
    default: ""
  volume_types:
    description: The volume types, each with its C(type) (a name) and C(specs), the extra specs that it needs.
    type: list
    elements: dict
    default: []
    suboptions:
      type: {description: Name of the volume type., type: str, required: true}
      specs: {description: Extra specs that it needs; others stay., type: dict, default: {}}
"""
