# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that are declared instead of named."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments: C(images)."""

    DOCUMENTATION = r"""
options:
  images_where:
    description:
      - Images by what they are, beside those of O(images); all active images that fulfil all of it. One list
        request to Glance per thousand images found. None found is no error.
    type: dict
    suboptions:
      tags:
        description: Tags that an image must have, all of them.
        type: list
        elements: str
      properties:
        description: Properties that an image must have, with their values as text, such as C(os_distro) or
          one of your own.
        type: dict
      visibility:
        description: Visibility that an image must have.
        type: str
        choices: [all, public, private, shared, community]
        default: all
"""
