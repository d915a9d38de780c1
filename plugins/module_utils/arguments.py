# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specifications that several modules share; documented by the doc fragments of the same names."""

from __future__ import annotations


def ontap_argument_spec():
    """The connection to one cluster or SVM, with netapp.ontap's names, so that its module_defaults serve.

    ``https``, ``use_rest``, ``feature_flags``, ``ontapi`` and ``use_lambda`` are only taken so that one block
    of module_defaults can serve both collections: see :func:`refuse_unserved`.
    """
    return {
        "hostname": {"type": "str", "required": True},
        "username": {"type": "str", "aliases": ["user"]},
        "password": {"type": "str", "aliases": ["pass"], "no_log": True},
        "cert_filepath": {"type": "path"},
        "key_filepath": {"type": "path", "no_log": False},
        "ca_path": {"type": "path"},
        "validate_certs": {"type": "bool", "default": True},
        "http_port": {"type": "int"},
        "force_ontap_version": {"type": "str"},
        "use_rest": {"type": "str", "default": "always"},
        "https": {"type": "bool", "default": True},
        "ontapi": {"type": "int"},
        "use_lambda": {"type": "bool", "default": False},
        "feature_flags": {"type": "dict"},
    }


def ontap_list_argument_spec():
    """``ontap:``, a list of connections, for the modules that speak to OpenStack as well."""
    options = ontap_argument_spec()
    options["vserver"] = {"type": "str"}
    return {"ontap": {"type": "list", "elements": "dict", "options": options, "required": True}}


def openstack_argument_spec():
    """The connection to one cloud, with openstack.cloud's names, so that its module_defaults serve.

    ``wait`` is taken for that reason alone: the modules of this collection always wait.
    """
    return {
        "cloud": {"type": "raw"},
        "auth": {"type": "dict", "no_log": True},
        "auth_type": {"type": "str"},
        "region_name": {"type": "str"},
        "wait": {"type": "bool", "default": True},
        "timeout": {"type": "int", "default": 3600},
        "api_timeout": {"type": "int"},
        "validate_certs": {"type": "bool", "aliases": ["verify"]},
        "ca_cert": {"type": "str", "aliases": ["cacert"]},
        "client_cert": {"type": "str", "aliases": ["cert"]},
        "client_key": {"type": "str", "aliases": ["key"], "no_log": True},
        "interface": {
            "type": "str",
            "default": "public",
            "choices": ["admin", "internal", "public"],
            "aliases": ["endpoint_type"],
        },
        "sdk_log_path": {"type": "str"},
        "sdk_log_level": {"type": "str", "default": "INFO", "choices": ["INFO", "DEBUG"]},
    }


def deployment_argument_spec():
    """What a deployment needs of a cloud."""
    return {
        "locations_user": {"type": "str", "default": "cinder_image_locations"},
        "locations_project": {"type": "str", "default": "service"},
        "internal_project": {"type": "str", "default": ""},
        "internal_user": {"type": "str", "default": ""},
        "volume_types": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "type": {"type": "str", "required": True},
                "specs": {"type": "dict", "default": {}},
            },
        },
    }
