# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_config_info
short_description: Configuration files of an OpenStack service, in the order in which it reads them
version_added: "0.1.0"
description:
  - Looks at the command line of the running service and tells which files it reads, whether a drop-in
    folder wins over the main file, and what chosen options are set to.
  - The order is that of oslo.config (C(_parse_config_files)). Default drop-in folders are read before a
    C(--config-file) of the command line, so there a drop-in changes nothing.
  - Runs on the host of the service and changes nothing.
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
options:
  service:
    description:
      - Names of the program, as its command line has them, for example V(cinder-volume); for a WSGI server
        the module that it loads, for example V(glance.wsgi.api).
      - Only processes of the same mount namespace count, so a service in a container is not taken for one
        of the host.
    type: list
    elements: str
    required: true
  config_file:
    description: Main file, if the command line names none or the service does not run.
    type: path
    required: true
  config_dir:
    description: Drop-in folder, if the command line names none.
    type: path
  options:
    description: Options to report, each as C(section/key). Do not ask for secrets.
    type: list
    elements: str
    default: []
  ignore:
    description:
      - File names, without their folder, to leave out when options are read; for example those that the
        caller writes itself.
    type: list
    elements: str
    default: []
  original:
    description:
      - Ending of the copy of RV(main_file) as it was before
        M(openstack_ontap.enhanced_instance.service_config) changed it, to report RV(original_sections).
    type: str
  watch:
    description:
      - Further files, with their folder, to report in RV(modified) when
        M(openstack_ontap.enhanced_instance.service_config) changed them after the service started.
    type: list
    elements: path
    default: []
attributes:
  check_mode:
    description: Can run in check mode and return its result without changing anything.
    support: full
  diff_mode:
    description: Changes nothing, so has no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: See where an option of Cinder has to be written
  openstack_ontap.enhanced_instance.service_config_info:
    service: cinder-volume
    config_file: /etc/cinder/cinder.conf
    config_dir: /etc/cinder/cinder.conf.d
    options:
      - DEFAULT/enabled_backends
"""

RETURN = r"""
running:
  description: Whether a process of the service was found.
  type: bool
  returned: always
pid:
  description: Its process id.
  type: int
  returned: when it runs
started:
  description: Time at which it started, in UTC by the clock of the host, to within a second.
  type: str
  returned: when it runs
  sample: "2026-01-31T12:00:00"
time:
  description: Time of this look, in UTC by the clock of the host.
  type: str
  returned: always
  sample: "2026-01-31T12:00:05"
python:
  description: The Python interpreter on its command line.
  type: str
  returned: when it runs as a Python script
arguments:
  description: The C(--config-file) and C(--config-dir) words, in order.
  type: list
  elements: str
  returned: always
main_file:
  description: The file in which an option wins over the files before it.
  type: str
  returned: always
drop_in_directory:
  description: Folder whose files win over everything else; none if there is no such folder or no such
    process.
  type: str
  returned: always
files:
  description: The files in the order in which they are read, without those of O(ignore).
  type: list
  elements: str
  returned: always
options:
  description:
    - Values by C(section/key); a list, because some options may be given several times. Options that are
      not set are missing.
  type: dict
  returned: always
modified:
  description:
    - Files that M(openstack_ontap.enhanced_instance.service_config) changed after the service started, so it
      does not know them yet. A run that ended between writing and restarting leaves them.
  type: list
  elements: str
  returned: always
hostname:
  description: Name of the host, by which the service calls itself where its options name no other.
  type: str
  returned: always
sections:
  description: Names of all sections.
  type: list
  elements: str
  returned: always
ignored_sections:
  description: Names of the sections of the files of O(ignore).
  type: list
  elements: str
  returned: always
ignored_options:
  description: What the files of O(ignore) say of O(options), in the same form.
  type: dict
  returned: always
original_sections:
  description: Names of the sections of the copy; none where there is no copy.
  type: list
  elements: str
  returned: always
"""

import os
import socket
import time

from ansible.module_utils.basic import AnsibleModule

from ..module_utils import service_config
from ..module_utils.module import run


def report(module):
    params = module.params
    process = service_config.find_process(params["service"])
    words = service_config.config_words(process.words) if process else []
    parsed = service_config.sources(words, params["config_file"], params["config_dir"])
    every = service_config.files(parsed)
    ignored = service_config.named(every, params["ignore"])
    paths = [path for path in every if path not in ignored]
    options, sections = service_config.values(paths, params["options"])
    ignored_options, ignored_sections = service_config.values(ignored, params["options"])
    main = service_config.main_file(parsed)
    result = {
        "running": process is not None,
        "arguments": [word for pair in words for word in pair],
        "main_file": main,
        "drop_in_directory": service_config.drop_in_folder(parsed) if process else None,
        "files": paths,
        "options": options,
        "sections": sections,
        "ignored_sections": ignored_sections,
        "ignored_options": ignored_options,
        "original_sections": _sections(main, params["original"]),
        "modified": [],
        "hostname": socket.gethostname(),
        "time": _utc(time.time()),
    }
    if process:
        started = service_config.started(process.pid)
        result["pid"], result["started"] = process.pid, _utc(started)
        result["modified"] = service_config.unread(every + params["watch"], started)
        if process.python:
            result["python"] = process.python
    return result


def _sections(main, ending):
    copy = f"{main}{ending}"
    return service_config.values([copy], [])[1] if ending and os.path.exists(copy) else None


def _utc(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def main():
    module = AnsibleModule(
        argument_spec={
            "service": {"type": "list", "elements": "str", "required": True},
            "config_file": {"type": "path", "required": True},
            "config_dir": {"type": "path"},
            "options": {"type": "list", "elements": "str", "default": []},
            "ignore": {"type": "list", "elements": "str", "default": []},
            "original": {"type": "str"},
            "watch": {"type": "list", "elements": "path", "default": []},
        },
        supports_check_mode=True,
    )
    run(module, report)


if __name__ == "__main__":
    main()
