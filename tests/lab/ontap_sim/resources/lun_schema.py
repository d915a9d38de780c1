# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a LUN (facts B6)."""

from __future__ import annotations

from ..schema import Schema
from .san import OS_TYPES

LUN = Schema(f"""
    uuid                       uuid i
    name                       str  irm
    svm.name                   str  cr
    svm.uuid                   uuid c
    location.volume.name       str  cm
    location.volume.uuid       uuid cm
    location.qtree.name        str  cm
    location.qtree.id          int  cm
    location.logical_unit      str  cm
    location.node.name         str  -
    location.node.uuid         uuid -
    os_type                    {OS_TYPES} cm
    class                      str  c  =regular
    enabled                    bool m  =true
    comment                    str  cm
    serial_number              str  m
    serial_number_hex          str  -
    create_time                date -
    auto_delete                bool cm
    space.size                 size cm
    space.used                 size -
    space.guarantee.requested  bool cm
    space.guarantee.reserved   bool -
    space.scsi_thin_provisioning_support_enabled bool cm >=9.10
    space.physical_used        size x  >=9.16
    status.state               str  -
    status.read_only           bool -
    status.mapped              bool -
    status.container_state     str  -
    qos_policy.name            str  cm
    qos_policy.uuid            uuid cm
    clone.source.name          str  cm
    clone.source.uuid          uuid cm
    copy.source.name           str  c  >=9.10
    copy.source.uuid           uuid c  >=9.10
    copy.source.svm.name       str  c  >=9.10
    copy.source.svm.uuid       uuid c  >=9.10
    copy.source.peer.name      str  c  >=9.10
    copy.source.max_throughput size cm >=9.10
    copy.source.progress.state str  -  >=9.10
    copy.source.progress.percent_complete int - >=9.10
    copy.source.progress.elapsed int - >=9.10
    copy.source.progress.volume_snapshot_blocked bool - >=9.10
    copy.source.progress.failure.message str - >=9.10
    copy.source.progress.failure.code str - >=9.10
    movement.max_throughput    size cm
    movement.paths.source      str  -
    movement.paths.destination str  -
    movement.progress.state    str  -
    movement.progress.percent_complete int -
    movement.progress.elapsed  int  -
    movement.progress.failure.message str -
    movement.progress.failure.code str -
    consistency_group.name     str  -
    lun_maps[].igroup.name     str  -
    lun_maps[].igroup.uuid     uuid -
    lun_maps[].logical_unit_number int -
    provisioning_options.count int - >=9.16
    provisioning_options.auto  bool - >=9.16
    vvol.is_bound              bool -  >=9.10
    attributes                 any  c  >=9.10
    """)
