# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's passwords: random, one file each, readable by root only."""

from __future__ import annotations

import os
import secrets

DATABASES = ("keystone", "glance", "placement", "cinder", "nova", "neutron")
SERVICE_USERS = ("glance", "placement", "cinder", "nova", "neutron")
NAMES = (
    "rabbit",
    "keystone_admin",
    "user_demo",
    "ontap_admin",
    "ontap_vsadmin",
    *(f"db_{name}" for name in DATABASES),
    *(f"user_{name}" for name in SERVICE_USERS),
)


def write_private(path, text):
    """Write ``text`` to a file that only root may read, from its first byte on."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)


def make_missing(folder, names=NAMES):
    """Passwords for the names that have none yet. ONTAP wants letters and digits, nobody wants quotes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        if not (folder / name).exists():
            write_private(folder / name, "x1" + secrets.token_hex(14) + "\n")
