# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project with playbooks of the templates' names that only look at variables, files, clouds and hosts.

What they see goes into a file outside of the job, because secrets are part of it.
"""

from __future__ import annotations

import json

PLAYBOOK = """
- hosts: "{{ 'enhanced_instances' if groups['enhanced_instances'] | default([]) else 'localhost' }}"
  connection: local
  gather_facts: false
  tasks:
    - run_once: true
      delegate_to: localhost
      block:
        - name: Look
          no_log: true
          ansible.builtin.copy:
            dest: SEEN
            mode: "0600"
            content: "{{ seen | to_json }}"
          check_mode: false
          vars:
            seen:
              check: "{{ ansible_check_mode }}"
              diff: "{{ ansible_diff_mode }}"
              hosts: "{{ ansible_play_hosts }}"
              ontap: "{{ enhanced_instance_ontap | default([]) }}"
              admin_cloud: "{{ enhanced_instance_admin_cloud | default(none) }}"
              cloud: "{{ enhanced_instance_cloud | default(none) }}"
              names: "{{ enhanced_instance_names | default(none) }}"
              count: "{{ enhanced_instance_count | default(none) }}"
              volume_type: "{{ enhanced_instance_volume_type | default(none) }}"
              download: "{{ enhanced_instance_download | default(none) }}"
              locations_password: "{{ enhanced_instance_locations_password | default(none) }}"
              clouds: "{{ lookup('ansible.builtin.env', 'OS_CLIENT_CONFIG_FILE') }}"
              secure: "{{ lookup('ansible.builtin.env', 'OS_CLIENT_SECURE_FILE') }}"
        - name: Hand on
          ansible.builtin.set_stats:
            per_host: false
            data: {enhanced_instance_summary: {total: "{{ ansible_play_hosts | length }}"}}
"""


def project(folder, store):
    """Writes every template's playbook; returns (project folder, function that reads what was seen)."""
    seen = folder / "seen.json"
    for template in store.objects["job_templates"].values():
        playbook = folder / "project" / template["playbook"]
        playbook.parent.mkdir(parents=True, exist_ok=True)
        playbook.write_text(PLAYBOOK.replace("SEEN", str(seen)))
    return folder / "project", lambda: json.loads(seen.read_text())
