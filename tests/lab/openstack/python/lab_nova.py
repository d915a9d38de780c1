# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nova-compute with Nova's fake hypervisor, whose host has an iSCSI name that a storage system accepts.

The fake driver calls its initiator "fake", which ONTAP refuses (5374034): Cinder could not map a LUN to it.
"""

from __future__ import annotations

import sys

from nova.cmd import compute
from nova.virt import fake

INITIATOR = "iqn.1993-08.org.debian:01:compute-1"


def with_iscsi_name(connector):
    """The connector of a host, with a real initiator name."""
    return lambda driver, instance: dict(connector(driver, instance), initiator=INITIATOR)


fake.FakeDriver.get_volume_connector = with_iscsi_name(fake.FakeDriver.get_volume_connector)
sys.exit(compute.main())
