# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a volume (facts B4), with those that netapp.ontap and Cinder ask for."""

from __future__ import annotations

from ..schema import Schema

VOLUME = Schema("""
    uuid                      uuid i
    name                      str  irm
    svm.name                  str  cr
    svm.uuid                  uuid c
    size                      size cm  =20MB
    state                     online|offline|restricted|mixed|error cm =online
    style                     flexvol|flexgroup|flexgroup_constituent c
    type                      rw|dp|ls cm =rw
    language                  str  cm
    comment                   str  cm
    create_time               date -
    is_svm_root               bool -
    is_object_store           bool -
    msid                      int  -  >=9.11
    constituents_per_aggregate int c
    constituent_count         int  -  >=9.17
    flexgroup.name            str  -
    flexgroup.uuid            uuid -
    aggregates[].name         str  cm
    aggregates[].uuid         uuid cm
    clone.is_flexclone        bool -
    clone.parent_volume.name  str  -
    clone.split_initiated     bool -
    nas.path                  str  cm
    nas.security_style        unix|ntfs|mixed|unified cm
    nas.uid                   int  cm
    nas.gid                   int  cm
    nas.unix_permissions      int  cm
    nas.export_policy.name    str  cm
    nas.export_policy.id      int  cm
    nas.junction_parent.name  str  -
    nas.junction_parent.uuid  uuid -
    guarantee.type            volume|none cm =volume
    guarantee.honored         bool -
    autosize.mode             grow|grow_shrink|off cm =off
    autosize.maximum          size cm
    autosize.minimum          size cm
    autosize.grow_threshold   int  cm
    autosize.shrink_threshold int  cm
    space.size                size cm
    space.available           size -
    space.available_percent   int  -
    space.afs_total           size -
    space.filesystem_size     size -
    space.used                size -
    space.percent_used        int  -
    space.physical_used       size -
    space.used_by_afs         size -
    space.over_provisioned    size -
    space.metadata            size -
    space.total_footprint     size -
    space.block_storage_inactive_user_data size x
    space.fractional_reserve  int  m
    space.full_threshold_percent int cm
    space.nearly_full_threshold_percent int cm
    space.large_size_enabled  bool cm  >=9.12
    space.logical_space.enforcement bool cm
    space.logical_space.reporting bool cm
    space.logical_space.available size -
    space.logical_space.used  size -
    space.logical_space.used_percent int -
    space.logical_space.used_by_afs size -
    space.snapshot.reserve_percent int cm
    space.snapshot.reserve_size size -
    space.snapshot.used       size -
    space.snapshot.autodelete_enabled bool cm
    space.snapshot.autodelete_trigger str cm
    space.snapshot.autodelete.enabled bool cm
    space.snapshot.autodelete.trigger str cm
    space.snapshot.autodelete.target_free_space int cm
    space.snapshot.autodelete.delete_order str cm
    space.snapshot.autodelete.commitment str cm
    space.snapshot.autodelete.defer_delete str cm
    space.snapshot.autodelete.prefix str cm
    files.maximum             int  cm
    files.used                int  -
    efficiency.state          enabled|disabled|mixed|- -
    efficiency.compression    inline|background|both|none|mixed cm
    efficiency.compaction     inline|none|mixed cm
    efficiency.cross_volume_dedupe str cm
    efficiency.dedupe         inline|background|both|none|mixed cm
    efficiency.policy.name    str  cm
    efficiency.policy.uuid    uuid -
    efficiency.volume_path    str  -
    efficiency.storage_efficiency_mode str cm
    efficiency.schedule       str  -
    efficiency.progress       str  -
    efficiency.last_op_begin  date -
    efficiency.last_op_end    date -
    efficiency.last_op_size   size -
    efficiency.last_op_state  str  -
    efficiency.op_state       str  -
    efficiency.type           str  -
    efficiency.space_savings.total size x
    encryption.enabled        bool cm
    encryption.state          str  -
    encryption.type           str  -
    encryption.key_id         str  -
    encryption.rekey          bool -
    encryption.status.code    str  -
    encryption.status.message str  -
    error_state.has_bad_blocks bool -
    error_state.is_inconsistent bool -
    snapshot_policy.name      str  cm
    snapshot_policy.uuid      uuid cm
    snapshot_count            int  -   >=9.10
    snapshot_directory_access_enabled bool cm
    snapshot_locking_enabled  bool cm  >=9.12
    access_time_enabled       bool m
    granular_data             bool cm  >=9.12
    granular_data_mode        str  cm  >=9.16
    max_dir_size              size cm  >=9.10
    cloud_retrieval_policy    str  cm
    cloud_write_enabled       bool cm
    qos.policy.name           str  cm
    qos.policy.uuid           uuid cm
    qos.policy.max_throughput_iops int cm
    qos.policy.max_throughput_mbps int cm
    qos.policy.min_throughput_iops int cm
    tiering.policy            str  cm
    tiering.min_cooling_days  int  cm
    tiering.object_tags       list cm
    tiering.supported         bool -
    quota.enabled             bool -
    quota.state               str  -
    snaplock.type             str  c
    snaplock.is_audit_log     bool -
    snaplock.compliance_clock_time date -
    snaplock.expiry_time      date -
    snapmirror.is_protected   bool -
    analytics.state           str  cm
    analytics.supported       bool -
    analytics.scan_progress   int  -
    activity_tracking.state   str  cm >=9.10
    activity_tracking.supported bool - >=9.10
    anti_ransomware.state     str  cm >=9.10
    anti_ransomware.dry_run_start_time date - >=9.10
    anti_ransomware.attack_probability str - >=9.10
    anti_ransomware.surge_as_normal bool m >=9.11
    anti_ransomware.clear_suspect.file str m >=9.10
    application.name          str  -
    application.uuid          uuid -
    consistency_group.name    str  -
    consistency_group.uuid    uuid -
    is_large_dir_enabled      bool - >=9.16
    aggressive_readahead_mode str  cm >=9.13
    movement.state            str  -
    movement.destination_aggregate.name str -
    movement.percent_complete int  -
    restore_to.snapshot.name  str  m
    restore_to.snapshot.uuid  uuid m
    nodes[].name              str  - >=9.15
    nodes[].uuid              uuid - >=9.15
    status                    list -
    _tags                     list cm >=9.13
    asynchronous_directory_delete.enabled bool m >=9.13
    scheduled_snapshot_naming_scheme str cm >=9.10
    """)
