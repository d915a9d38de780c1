# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to ONTAP, as flat options and as a list."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments ontap (flat options) and ontap.list (option ontap)."""

    DOCUMENTATION = r"""
options:
  hostname:
    description: Name or address of the management LIF of the cluster or of the SVM. IPv6 with or without
      brackets.
    type: str
    required: true
  username:
    description:
      - Account of the cluster or of the SVM, with the application http. Needed unless O(cert_filepath) is
        given.
    type: str
    aliases: [user]
  password:
    description: Password of the account.
    type: str
    aliases: [pass]
  cert_filepath:
    description: PEM file of a client certificate to log in with, instead of a password.
    type: path
  key_filepath:
    description: PEM file of the key of O(cert_filepath), unless the certificate's file has it.
    type: path
  ca_path:
    description:
      - PEM file of the certification authorities to trust, for a cluster whose certificate a private one has
        signed.
      - Left out, those that Python's requests trusts are taken, E(REQUESTS_CA_BUNDLE) included.
    type: path
  validate_certs:
    description: Whether to check the certificate of the cluster. Only switch it off where nobody can listen.
    type: bool
    default: true
  http_port:
    description: TCP port, for another one than 443.
    type: int
  force_ontap_version:
    description: Version to assume, as C(9.14) or C(9.14.1), for an account that may not read it.
    type: str
  use_rest:
    description: Taken so that module_defaults of netapp.ontap serve; only REST is spoken, so C(never) is
      refused.
    type: str
    default: always
  https:
    description: Taken so that module_defaults of netapp.ontap serve; https is always spoken, and this is
      ignored.
    type: bool
    default: true
  ontapi:
    description: Taken so that module_defaults of netapp.ontap serve; ignored.
    type: int
  use_lambda:
    description: Taken so that module_defaults of netapp.ontap serve; V(true) is refused.
    type: bool
    default: false
  feature_flags:
    description: Taken so that module_defaults of netapp.ontap serve; ignored.
    type: dict
requirements:
  - Python library requests 2.25 or newer
notes:
  - The module speaks REST over https with one connection that is kept alive, so a task costs one TLS
    handshake, and one for each further request under way at the same time.
  - Cluster and SVM accounts serve. An SVM account cannot copy between SVMs, and may not be able to read the
    version or the jobs.
"""

    LIST = r"""
options:
  ontap:
    description: Clusters and SVMs that hold the FlexVols of the cloud, each with its connection.
    type: list
    elements: dict
    required: true
    suboptions:
      vserver:
        description: Name of the SVM that this connection is for. Left out, it serves every SVM that the
          account sees.
        type: str
      hostname:
        description: Name or address of the management LIF of the cluster or of the SVM. IPv6 with or without
          brackets.
        type: str
        required: true
      username:
        description:
          - Account of the cluster or of the SVM, with the application http. Needed unless
            O(ontap[].cert_filepath) is given.
        type: str
        aliases: [user]
      password:
        description: Password of the account.
        type: str
        aliases: [pass]
      cert_filepath:
        description: PEM file of a client certificate to log in with, instead of a password.
        type: path
      key_filepath:
        description: PEM file of the key of O(ontap[].cert_filepath), unless the certificate's file has it.
        type: path
      ca_path:
        description:
          - PEM file of the certification authorities to trust, for a cluster whose certificate a private one
            has signed.
          - Left out, those that Python's requests trusts are taken, E(REQUESTS_CA_BUNDLE) included.
        type: path
      validate_certs:
        description: Whether to check the certificate of the cluster. Only switch it off where nobody can
          listen.
        type: bool
        default: true
      http_port:
        description: TCP port, for another one than 443.
        type: int
      force_ontap_version:
        description: Version to assume, such as C(9.14.1), for an account that may not read it from the
          cluster.
        type: str
      use_rest:
        description: Taken so that module_defaults of netapp.ontap serve; only REST is spoken, so C(never) is
          refused.
        type: str
        default: always
      https:
        description: Taken so that module_defaults of netapp.ontap serve; https is always spoken, and this is
          ignored.
        type: bool
        default: true
      ontapi:
        description: Taken so that module_defaults of netapp.ontap serve; ignored.
        type: int
      use_lambda:
        description: Taken so that module_defaults of netapp.ontap serve; V(true) is refused.
        type: bool
        default: false
      feature_flags:
        description: Taken so that module_defaults of netapp.ontap serve; ignored.
        type: dict
requirements:
  - Python library requests 2.25 or newer
"""
