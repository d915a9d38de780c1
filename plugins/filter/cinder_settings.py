# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role cinder_netapp; the decisions are in module_utils/planner/cinder_*.py."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import (
    cinder_config,
    cinder_files,
    cinder_leaving,
    cinder_reach,
    cinder_rules,
    oslo_text,
)


def cinder_settings(backends, deployed, defaults, glance=None, tenant=None):
    try:
        return cinder_config.settings(backends, deployed, defaults, glance, tenant)
    except KeyError as error:
        raise AnsibleFilterError(f"cinder_settings: {error} is missing") from error
    except ValueError as error:
        raise AnsibleFilterError(f"cinder_settings: {error}") from error


def ini_options(sections):
    return cinder_config.ini_options(sections)


def differing(wanted, deployed):
    return cinder_config.differing(wanted, deployed)


def option_text(text):
    try:
        return oslo_text.literal(text)
    except ValueError as error:
        raise AnsibleFilterError(f"option_text: the text {error}") from error


def option_meaning(text):
    return oslo_text.meant(text)


def cinder_sources(backends):
    return cinder_files.sources(backends)


def cinder_files_of(backends, defaults, texts):
    return cinder_files.files(backends, defaults, texts)


def cinder_problems(backends, target="packaged", output_dir="", hosts=None):
    try:
        return cinder_rules.problems(backends, target, output_dir, hosts)
    except ValueError as error:
        return [str(error)]


def leaving(deployed, before, written, sections=(), user=""):
    return cinder_leaving.leaving(deployed, before, written, sections, user)


def stranded(volumes, hosts, backends, renamed=None):
    return cinder_reach.why_not(volumes, hosts, backends, renamed)


def cut_off(volumes, hosts, backends, pools):
    return cinder_reach.cut_off(volumes, hosts, backends, pools)


def renamed_backends(backends, deployed, defaults):
    return cinder_reach.renamed(backends, deployed, defaults)


def still_in_cluster(services, host, renamed):
    return cinder_reach.still_in_cluster(services, host, renamed)


class FilterModule:
    def filters(self):
        return {
            "cinder_settings": cinder_settings,
            "cinder_sources": cinder_sources,
            "cinder_files": cinder_files_of,
            "cinder_cut_off": cut_off,
            "cinder_problems": cinder_problems,
            "cinder_leaving": leaving,
            "cinder_renamed": renamed_backends,
            "cinder_still_in_cluster": still_in_cluster,
            "cinder_stranded": stranded,
            "ini_options": ini_options,
            "differing": differing,
            "option_meaning": option_meaning,
            "option_text": option_text,
        }
