# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_config
short_description: Named options of an OpenStack service, and the files that they name
version_added: "0.1.0"
description:
  - Sets named options in one file of oslo.config's form and writes further files beside it, in one step.
    Order, comments and everything else in the file of the options stay.
  - All files are written or none. Each file that changes is kept as it was, as C(*.before-last-change)
    beside it, and O(state=undone) brings it back.
  - A diff shows the named options only, and no secret.
author:
  - the openstack_ontap.enhanced_instance contributors (@openstack-ontap)
options:
  path:
    description: File with the options.
    type: path
  options:
    description: Options to set, by section and name.
    type: dict
    default: {}
  secrets:
    description: Like O(options), for values that are not to be shown.
    type: dict
    default: {}
  remove:
    description:
      - Sections (V(section)) and options (V(section/option)) to remove. A section that O(options) or
        O(secrets) names is set afterwards.
    type: list
    elements: str
    default: []
  exact:
    description:
      - Whether the file holds nothing else; then it is made if it is missing. When false the file must exist.
    type: bool
    default: false
  original:
    description:
      - Ending of a copy of the file as it was before it was changed for the first time; it is never
        overwritten. Without one no such copy is made.
    type: str
  keep:
    description:
      - Whether files that change are kept as they were. When false the run cannot be undone, and what was
        kept of these files before is removed, because secrets may be in it.
      - With O(state=undone) and false, nothing tells afterwards that there was a change, because the service
        has never read it.
    type: bool
    default: true
  files:
    description: Further files to write.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The file.
        type: path
        required: true
      content:
        description: Its text. With none given the file is removed.
        type: str
      mode:
        description: Its mode, in octal digits.
        type: str
        default: "0640"
  secret_files:
    description: Like O(files), for texts that are not to be shown, for example keys.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The file.
        type: path
        required: true
      content:
        description: Its text. With none given the file is removed.
        type: str
      mode:
        description: Its mode, in octal digits.
        type: str
        default: "0640"
  owner:
    description:
      - Unix user that owns what is written. The file of O(options) keeps its owner and mode unless O(exact).
    type: str
  group:
    description: Unix group of what is written.
    type: str
  pending:
    description:
      - Files that the service has not read since they changed, as
        RV(openstack_ontap.enhanced_instance.service_config_info#module:modified) names them. They can be
        undone with those of this run, because a run before this one was ended between writing and restarting.
        What is kept of them stays what the service has read. One that somebody else has changed since is left
        out.
    type: list
    elements: str
    default: []
  undo:
    description:
      - Files to bring back, as RV(undo) of the run that changed them named them; for O(state=undone).
    type: list
    elements: str
    default: []
  state:
    description: V(present) writes, V(undone) brings O(undo) back as it was.
    type: str
    choices: [present, undone]
    default: present
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Returns what has changed, or would, without secrets.
    support: full
seealso:
  - module: openstack_ontap.enhanced_instance.service_config_info
"""

EXAMPLES = r"""
- name: Set an option of Cinder, and write the list that it names
  openstack_ontap.enhanced_instance.service_config:
    path: /etc/cinder/cinder.conf
    options:
      ontap_nfs:
        nfs_shares_config: /etc/cinder/nfs_shares
    secrets:
      ontap_nfs:
        netapp_password: "{{ vault_ontap_password }}"
    files:
      - path: /etc/cinder/nfs_shares
        content: "192.0.2.11:/cinder_a\n"
    group: cinder
  register: written

- name: Bring the files back as they were
  openstack_ontap.enhanced_instance.service_config:
    state: undone
    undo: "{{ written.undo }}"
"""

RETURN = r"""
changed_files:
  description: Files that were written, or would be.
  type: list
  elements: str
  returned: always
time:
  description:
    - When the files were written, in the host's local time as C(2026-01-31T12:00:00). What the log of the
      service has of a restart is younger.
  type: str
  returned: when O(state=present)
undo:
  description: Files that O(state=undone) can bring back as they were.
  type: list
  elements: str
  returned: always
failure:
  description: The failure in parts, C(what), C(where), C(status), C(code) and C(cure).
  type: dict
  returned: when the task failed
"""

import grp
import os
import pwd
import re
import time

from ansible.module_utils.basic import AnsibleModule

from ..module_utils import config_files, service_config
from ..module_utils.failures import NotFound, WrongInput
from ..module_utils.module import run
from ..module_utils.planner import ini_edit

FILES = ("files", "secret_files")
HEADING = "Written by openstack_ontap.enhanced_instance; changes here are overwritten."


def apply(module):
    """Write what differs, or bring back what was."""
    params = module.params
    if params["state"] == "undone":
        paths = params["undo"]
    else:
        paths = [file["path"] for name in FILES for file in params[name]]
        paths += [params["path"]] if params["path"] else []
    with config_files.locked([] if module.check_mode else paths):
        return _undo(module, paths) if params["state"] == "undone" else _write(module)


def _undo(module, paths):
    back = config_files.undoable(paths) if module.check_mode else config_files.undo(paths)
    if not module.params["keep"] and not module.check_mode:
        config_files.forget(paths)
    return {"changed": bool(back), "changed_files": back, "undo": []}


def _write(module):
    params = module.params
    uid, gid = _user(params["owner"]), _group(params["group"])
    wanted = _wanted(params)
    changed = [one for one in wanted if config_files.differs(one, uid, gid)]
    diffs = [_diff(one, params) for one in changed]
    paths = [one.path for one in changed]
    pending = [path for path in params["pending"] if path not in paths and config_files.untouched(path)]
    if changed and not module.check_mode:
        if params["original"] and params["path"] in paths:
            config_files.keep_original(params["path"], params["original"])
        config_files.write(changed, uid, gid, params["pending"])
    if not params["keep"] and not module.check_mode:
        config_files.forget([one.path for one in wanted])
    return {
        "changed": bool(changed),
        "changed_files": paths,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "undo": paths + pending if params["keep"] else [],
        "diff": diffs,
    }


def _wanted(params):
    """All files as they are to be. Raises NotFound or WrongInput."""
    found = []
    for file, secret in [(file, name == "secret_files") for name in FILES for file in params[name]]:
        if not re.fullmatch("[0-7]{1,4}", file["mode"]):
            raise WrongInput(
                f"mode {file['mode']!r} of {file['path']} is no mode in octal digits", cure='write "0640"'
            )
        mode = int(file["mode"], 8)
        found.append(config_files.Wanted(file["path"], file["content"], mode, secret=secret))
    if params["path"]:
        found.append(_options_file(params))
    paths = [os.path.realpath(one.path) for one in found]
    for one in found:
        if not one.path:
            raise WrongInput("path is empty", cure="name the file")
        if paths.count(os.path.realpath(one.path)) > 1:
            raise WrongInput(f"{one.path} is named twice", cure="name each file once")
    return found


def _options_file(params):
    path = params["path"]
    options = {}
    for part in (params["options"], params["secrets"]):
        for section, keys in part.items():
            if not isinstance(keys, dict):
                raise WrongInput(
                    f"section {section} holds no options", cure="give a dictionary for each section"
                )
            options.setdefault(section, {}).update(keys)
    wrong = ini_edit.fault(options, params["remove"]) or _in_both(params["options"], params["secrets"])
    if wrong:
        raise WrongInput(wrong)
    if params["exact"]:
        return config_files.Wanted(path, ini_edit.whole(options, HEADING), 0o640)
    text = config_files.read(path)
    if text is None:
        raise NotFound(
            f"{path} does not exist", cure="name the service's own file, or say exact: true to make one"
        )
    return config_files.Wanted(path, ini_edit.edit(text, options, params["remove"]), 0o640, keep_mode=True)


def _in_both(options, secrets):
    """A value that is to be hidden is not shown as another option's."""
    for section in options.keys() & secrets.keys():
        for key in options[section].keys() & secrets[section].keys():
            return f"option {key} of section {section} is in options and in secrets; keep one of them"
    return ""


def _diff(wanted, params):
    """What a file was and will be; of the options the named ones, of a secret file nothing."""
    if wanted.path != params["path"]:
        before = config_files.read(wanted.path)
        texts = (before or "", wanted.content or "")
        # A file that goes may be one of secrets, which its caller names by its path alone.
        if wanted.secret or wanted.content is None:
            texts = tuple(f"{ini_edit.HIDDEN}\n" if text else "" for text in texts)
        if texts[0] == texts[1]:
            texts = ("another owner, mode or secret text\n", "")
        return {
            "before_header": wanted.path,
            "after_header": wanted.path,
            "before": texts[0],
            "after": texts[1],
        }
    names = [
        f"{section}/{key}"
        for part in ("options", "secrets")
        for section in params[part]
        for key in params[part][section]
    ]
    now, sections = service_config.values([wanted.path], names + params["remove"])
    parts = (params["options"], params["secrets"])
    gone = [name for name in params["remove"] if name in sections or name in now]
    if params["exact"]:
        # Of what others wrote nobody knows whether it is a secret.
        entries = service_config.parse(config_files.read(wanted.path) or "")
        gone = list(dict.fromkeys(f"{section}/{key}" for section, key, _value in entries))
        gone = [name for name in gone if name not in names]
    before = ini_edit.shown(now, *parts, gone)
    after = ini_edit.shown({name: [str(_of(parts, name))] for name in names}, *parts)
    if before == after:
        before += "another owner or mode, or other lines\n"
    return {
        "before_header": wanted.path,
        "after_header": wanted.path,
        "before": before,
        "after": after,
    }


def _of(parts, name):
    section, _slash, key = name.partition("/")
    return next(part[section][key] for part in parts if key in part.get(section, {}))


def _user(name):
    try:
        return None if name is None else int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    except KeyError as exc:
        raise WrongInput(f"there is no Unix user {name} here", cure="name one of this host") from exc


def _group(name):
    try:
        return None if name is None else int(name) if name.isdigit() else grp.getgrnam(name).gr_gid
    except KeyError as exc:
        raise WrongInput(f"there is no Unix group {name} here", cure="name one of this host") from exc


def _file_spec(no_log):
    return {
        "path": {"type": "path", "required": True},
        "content": {"type": "str", "no_log": no_log},
        "mode": {"type": "str", "default": "0640"},
    }


def main():
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path"},
            "options": {"type": "dict", "default": {}},
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "remove": {"type": "list", "elements": "str", "default": []},
            "exact": {"type": "bool", "default": False},
            "original": {"type": "str"},
            "files": {"type": "list", "elements": "dict", "default": [], "options": _file_spec(no_log=False)},
            "secret_files": {
                # Its content is; the paths are shown.
                "no_log": False,
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": _file_spec(no_log=True),
            },
            "keep": {"type": "bool", "default": True},
            "owner": {"type": "str"},
            "group": {"type": "str"},
            "pending": {"type": "list", "elements": "str", "default": []},
            "undo": {"type": "list", "elements": "str", "default": []},
            "state": {"type": "str", "choices": ["present", "undone"], "default": "present"},
        },
        supports_check_mode=True,
    )
    run(module, apply)


if __name__ == "__main__":
    main()
