# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cinder-volume, with a stand-in for the kernel's iSCSI initiator, of which the lab has none.

Cinder and its driver are unmodified: the driver maps the LUN to this host's igroup and tells target and
number. Where os-brick would log in and wait for a device, the simulator's own file of the LUN is bound to a
path. While the file no-initiator is there, the host has none.
"""

from __future__ import annotations

import os

from cinder.cmd import volume  # first, because it makes the standard library eventlet's
from os_brick.initiator.connectors import iscsi

INITIATOR = "iqn.1993-08.org.debian:01:cinder-1"
FLEXVOLS = os.environ.get("EIC_FLEXVOLS", "")  # folder of the simulator, in which root alone may look
DEVICES, NONE = "/var/lib/cinder/devices", "/var/lib/cinder/no-initiator"


def as_root(connector, *command):
    return connector._execute(*command, run_as_root=True, root_helper=connector._root_helper)[0]


def file_of(connector, name):
    """The file of a LUN, in whatever FlexVol."""
    for flexvol in as_root(connector, "ls", FLEXVOLS).split():
        folder = f"{FLEXVOLS}/{flexvol}/luns"
        # Beside each FlexVol's folder lie the files that hold it.
        if "." not in flexvol and name in as_root(connector, "ls", folder).split():
            return f"{folder}/{name}"
    raise FileNotFoundError(f"The simulator has no LUN {name}.")


def connect_volume(connector, connection_properties):
    """What os-brick answers after a login: the path of the device."""
    name = f"volume-{connection_properties['volume_id']}"
    device = f"{DEVICES}/{name}"
    os.makedirs(DEVICES, exist_ok=True)
    with open(device, "a", encoding="utf-8"):
        pass
    as_root(connector, "mount", "--bind", file_of(connector, name), device)
    sizes[device] = os.path.getsize(device)
    return {"type": "block", "path": device}


def disconnect_volume(connector, connection_properties, device_info, force=False, ignore_errors=False):
    device = f"{DEVICES}/volume-{connection_properties['volume_id']}"
    # A file is cut off where an image ends; a LUN is not.
    as_root(connector, "truncate", "-s", str(sizes.pop(device)), device)
    as_root(connector, "umount", device)
    os.unlink(device)


def main():
    iscsi.ISCSIConnector.get_initiator = lambda connector: None if os.path.exists(NONE) else INITIATOR
    iscsi.ISCSIConnector.connect_volume = connect_volume
    iscsi.ISCSIConnector.disconnect_volume = disconnect_volume
    volume.main()


sizes: dict[str, int] = {}
