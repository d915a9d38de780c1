# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NFS services (facts B8)."""

from __future__ import annotations

from ..errors import ApiError
from ..schema import Schema, merge
from .base import Stored, find_svm, owner


class NfsServices(Stored):
    path = "/protocols/nfs/services"
    table = "nfs"
    keys = (("svm.uuid", "svm.uuid"),)
    order = ("svm.name",)
    methods = ("GET", "POST", "PATCH", "DELETE")
    schema = Schema("""
        svm.uuid                    uuid ic
        svm.name                    str  icr
        enabled                     bool cm =true
        state                       online|offline -
        vstorage_enabled            bool cm =false
        showmount_enabled           bool cm =true
        rquota_enabled              bool cm =false
        auth_sys_extended_groups_enabled bool cm =false
        extended_groups_limit       int  cm =32
        file_session_io_grouping_count int cm
        file_session_io_grouping_duration int cm
        protocol.v3_enabled         bool cm =true
        protocol.v4_id_domain       str  cm =defaultv4iddomain.com
        protocol.v40_enabled        bool cm =false
        protocol.v41_enabled        bool cm =false
        protocol.v42_enabled        bool cm >=9.19.1
        protocol.v3_64bit_identifiers_enabled bool cm =false
        protocol.v4_64bit_identifiers_enabled bool cm =true
        protocol.v4_fsid_change     bool cm >=9.13.1 =true
        protocol.v4_lease_seconds   int  cm >=9.13.1 =30
        protocol.v4_grace_seconds   int  cm >=9.13.1 =45
        protocol.v4_session_slots   int  cm >=9.13.1
        protocol.v3_features.mount_root_only bool cm >=9.11 =true
        protocol.v3_features.ejukebox_enabled bool cm >=9.11 =true
        protocol.v3_features.connection_drop bool cm >=9.11 =true
        protocol.v3_features.fsid_change bool cm >=9.11 =true
        protocol.v3_features.hide_snapshot_enabled bool cm >=9.13.1 =false
        protocol.v3_features.network_lock_manager_port int cm >=9.11 =4045
        protocol.v3_features.mount_daemon_port int cm >=9.11 =635
        protocol.v40_features.acl_enabled bool cm =false
        protocol.v40_features.acl_preserve bool cm >=9.11 =true
        protocol.v40_features.acl_max_aces int cm >=9.11 =400
        protocol.v40_features.referrals_enabled bool cm >=9.13.1 =false
        protocol.v40_features.read_delegation_enabled bool cm =false
        protocol.v40_features.write_delegation_enabled bool cm =false
        protocol.v41_features.acl_enabled bool cm =false
        protocol.v41_features.pnfs_enabled bool cm =false
        protocol.v41_features.referrals_enabled bool cm >=9.13.1 =false
        protocol.v41_features.trunking_enabled bool cm >=9.14 =false
        protocol.v41_features.implementation_name str cm >=9.11
        protocol.v41_features.read_delegation_enabled bool cm =false
        protocol.v41_features.write_delegation_enabled bool cm =false
        protocol.v42_features.seclabel_enabled bool cm >=9.11 =false
        protocol.v42_features.xattrs_enabled bool cm >=9.11 =true
        protocol.v42_features.sparsefile_ops_enabled bool cm >=9.11 =true
        transport.tcp_enabled       bool cm =true
        transport.udp_enabled       bool cm =true
        transport.rdma_enabled      bool cm >=9.13
        transport.tcp_max_transfer_size int cm >=9.11 =65536
        root.ignore_nt_acl          bool cm >=9.11 =false
        root.skip_write_permission_check bool cm >=9.11 =false
        security.chown_mode         str  cm >=9.11 =use_export_policy
        security.nt_acl_display_permission bool cm >=9.11 =false
        security.ntfs_unix_security str  cm >=9.11 =use_export_policy
        security.permitted_encryption_types list cm >=9.11
        security.rpcsec_context_idle int cm >=9.11 =360
        windows.default_user        str  cm >=9.11
        windows.map_unknown_uid_to_default_user bool cm >=9.11 =true
        windows.v3_ms_dos_client_enabled bool cm >=9.11 =false
        credential_cache.positive_ttl int cm >=9.11 =86400000
        credential_cache.negative_ttl int cm >=9.11 =7200000
        credential_cache.transient_error_ttl int cm >=9.11 =30000
        exports.name_service_lookup_protocol str cm >=9.11
        qtree.export_enabled        bool cm >=9.10 =false
        qtree.validate_export       bool cm >=9.10 =true
        access_cache_config.ttl_positive int cm >=9.10 =3600
        access_cache_config.ttl_negative int cm >=9.10 =3600
        access_cache_config.ttl_failure  int cm >=9.10 =1
        access_cache_config.harvest_timeout int cm >=9.10 =86400
        access_cache_config.isDnsTTLEnabled bool cm >=9.10 =false
        """)

    def identity(self, record):
        return record["svm"]["uuid"]

    def _check(self, record):
        size = record["transport"].get("tcp_max_transfer_size", 65536)
        if size % 4096:
            raise ApiError(
                400,
                3277140,
                "transport.tcp_max_transfer_size must be a multiple of 4096.",
                "transport.tcp_max_transfer_size",
            )
        lease, grace = (
            record["protocol"].get("v4_lease_seconds", 30),
            record["protocol"].get("v4_grace_seconds", 45),
        )
        if not 10 <= lease <= 90 or grace <= lease:
            raise ApiError(
                400,
                3276872,
                "The NFSv4 grace period must be longer than the lease period (10 to 90 seconds).",
                "protocol.v4_grace_seconds",
            )

    def create(self, call, params, body):
        svm = find_svm(call, body)
        if self.store.get("nfs", svm["uuid"]):
            raise ApiError(409, 1, f'NFS already exists on SVM "{svm["name"]}".', "svm")
        if not svm.get("nfs", {}).get("allowed", True):
            raise ApiError(400, 2621507, f'NFS protocol is not allowed on SVM "{svm["name"]}".')
        if svm["state"] != "running":
            raise ApiError(400, 3276916, f'SVM "{svm["name"]}" is not running.')
        record = merge(self.schema.defaults(call.version), body)
        record.update(svm=owner(svm), state="online" if record["enabled"] else "offline")
        self._check(record)
        self.save(record)
        return record

    def modify(self, call, record, changes):
        changes.pop("svm", None)
        new = merge(record, changes)
        new["state"] = "online" if new["enabled"] else "offline"
        self._check(new)
        self.save(new)

    def delete(self, call, record):
        self.forget(record)


ALL = (NfsServices,)
