# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Unix users of the lab: the services' (numbered as Kolla numbers them) and QEMU's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    name: str
    number: int
    extra_groups: tuple = ()


SERVICES = (
    Account("keystone", 42425),
    Account("glance", 42415),
    Account("placement", 42482),
    Account("neutron", 42435),
    Account("cinder", 42407),
    Account("nova", 42436),
)
# Reads volumes on a compute host, as libvirt's QEMU does: not an owner of files, but in Cinder's group.
QEMU = Account("qemu", 42427, ("cinder",))
ALL = (*SERVICES, QEMU)


def _without(text, names):
    return [line for line in text.splitlines() if line.partition(":")[0] not in names]


def passwd(text, accounts=ALL):
    """/etc/passwd with the accounts; lines of the same names are replaced."""
    lines = _without(text, {account.name for account in accounts})
    lines += [
        f"{account.name}:x:{account.number}:{account.number}::/var/lib/{account.name}:/usr/sbin/nologin"
        for account in accounts
    ]
    return "\n".join(lines) + "\n"


def group(text, accounts=ALL):
    """/etc/group with one group per account and the extra memberships."""
    lines = _without(text, {account.name for account in accounts})
    for account in accounts:
        members = ",".join(other.name for other in accounts if account.name in other.extra_groups)
        lines.append(f"{account.name}:x:{account.number}:{members}")
    return "\n".join(lines) + "\n"


def shadow(text, accounts=ALL):
    """/etc/shadow with locked passwords: sudo's account check wants an entry."""
    lines = _without(text, {account.name for account in accounts})
    return "\n".join([*lines, *(f"{account.name}:!:20000:0:99999:7:::" for account in accounts)]) + "\n"


def install(etc=Path("/etc")):
    for name, change in (("passwd", passwd), ("group", group), ("shadow", shadow)):
        file = etc / name
        file.write_text(change(file.read_text()))
