# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of check mode, diff mode, repeated runs and action groups."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments attributes, attributes.action_group_ontap, attributes.action_group_openstack and
    attributes.info."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when
      in diff mode.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation
      indicates no change.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
    details: The module changes nothing.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when
      in diff mode.
    support: N/A
    details: The module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation
      indicates no change.
    support: full
    details: The module changes nothing.
"""

    ACTION_GROUP_ONTAP = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/openstack_ontap.enhanced_instance.ontap) in C(module_defaults) to give the connection once
        for these modules and for those of netapp.ontap.
      - The modules of netapp.ontap do not know C(ca_path). In a block that serves both, set the environment
        variable E(REQUESTS_CA_BUNDLE) instead.
    support: full
    membership:
      - openstack_ontap.enhanced_instance.ontap
"""

    ACTION_GROUP_OPENSTACK = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/openstack_ontap.enhanced_instance.openstack) in C(module_defaults) to give the cloud once
        for these modules and for those of openstack.cloud.
    support: full
    membership:
      - openstack_ontap.enhanced_instance.openstack
"""
