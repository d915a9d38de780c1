# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the stand-in, in memory: created, changed, found, linked and shown as AWX 24.6 does."""

from __future__ import annotations

import copy

from awx_lab import rules
from awx_lab.kinds import BUILT_IN_TYPES, KINDS, PATHS, PROMPTS
from awx_lab.rules import Refusal, refuse

ENCRYPTED = "$encrypted$"
READ_ONLY = ("managed", "scm_revision")
SOURCE = ("scm_type", "scm_url", "scm_branch", "scm_refspec")
UNIFIED = tuple(name for name, kind in KINDS.items() if kind.unified)


class Store:
    """All objects by kind and id. ``playbooks`` is what a project has after its update."""

    def __init__(self, playbooks):
        self.playbooks = list(playbooks)
        self.revision = "0" * 40
        self.objects = {name: {} for name in KINDS}
        self.links = {}
        self.surveys = {}
        self.updates = {}
        self.last_id = 0
        for built_in in BUILT_IN_TYPES:
            self._add("credential_types", {**built_in, "managed": True, "injectors": {}})
        self._add("organizations", {"name": "Default"})
        galaxy = self.find("credential_types", {"kind": "galaxy"})[0]["id"]
        self._add("credentials", {"name": "Ansible Galaxy", "credential_type": galaxy})

    # -- reading ---------------------------------------------------------------------------------------
    def kind_of(self, name, number):
        if name != "unified_job_templates":
            return name
        return next((kind for kind in UNIFIED if number in self.objects[kind]), name)

    def get(self, name, number):
        found = self.objects.get(self.kind_of(name, number), {}).get(number)
        if found is None:
            raise Refusal({"detail": "Not found."}, 404)
        return found

    def find(self, name, filters):
        """Objects that match, by id: one ``or__`` term, and all the others. A wrong field is refused."""
        kinds = UNIFIED if name == "unified_job_templates" else (name,)
        either = {key[4:]: value for key, value in filters.items() if key.startswith("or__")}
        every = {key: value for key, value in filters.items() if not key.startswith("or__")}
        found = []
        for kind in kinds:
            for item in self.objects[kind].values():
                known = {**item, "id": item["id"], "type": KINDS[kind].type}
                for key in (*every, *either):
                    if key not in known and name != "unified_job_templates":
                        raise Refusal({"detail": f"{KINDS[kind].type} has no field named '{key}'"})
                if all(str(known.get(key)) == value for key, value in every.items()) and (
                    not either or any(str(known.get(key)) == value for key, value in either.items())
                ):
                    found.append((kind, item))
        return [self.show(kind, item) for kind, item in sorted(found, key=lambda pair: pair[1]["id"])]

    def show(self, name, item):
        """An object as the API shows it: with its address, its related addresses, and secrets hidden."""
        kind = KINDS[name]
        url = f"/api/v2/{name}/{item['id']}/"
        shown = {**copy.deepcopy(item), "type": kind.type, "url": url, "summary_fields": {}}
        related = {link: f"{url}{link}/" for link in kind.links}
        for field, target in kind.keys.items():
            if item.get(field) is not None:
                related[field] = f"/api/v2/{self.kind_of(target, item[field])}/{item[field]}/"
        if kind.survey:
            related["survey_spec"] = f"{url}survey_spec/"
        if name == "projects":
            related["update"] = f"{url}update/"
            running = [number for number, update in self.updates.items() if update["project"] == item["id"]]
            if running and self.updates[running[-1]]["status"] == "pending":
                shown["summary_fields"]["current_update"] = {"id": running[-1], "status": "pending"}
        if name == "credentials":
            shown["inputs"] = self._hidden(item)
        if name == "workflow_job_template_nodes":
            for link in PATHS:
                shown[link] = sorted(self.linked(name, item["id"], link))
        shown.pop("playbook_files", None)
        shown["related"] = related
        return shown

    def _hidden(self, credential):
        fields = self.get("credential_types", credential["credential_type"])["inputs"].get("fields", [])
        secret = {field["id"] for field in fields if field.get("secret")}
        return {
            key: ENCRYPTED if key in secret and value else copy.deepcopy(value)
            for key, value in credential["inputs"].items()
        }

    def linked(self, name, number, link):
        return self.links.setdefault((name, number, link), [])

    # -- writing ---------------------------------------------------------------------------------------
    def _add(self, name, values):
        self.last_id += 1
        item = {"id": self.last_id, **copy.deepcopy(KINDS[name].fields), **values}
        self.objects[name][item["id"]] = item
        return item

    def create(self, name, data):
        kind = KINDS[name]
        missing = {
            field: ["This field is required."] for field in kind.required if data.get(field) in (None, "")
        }
        if missing:
            raise Refusal(missing)
        values = self._clean(name, data, None)
        item = {**copy.deepcopy(kind.fields), **values}
        self._judge(name, item, values, None)
        item = self._add(name, item)
        if name == "projects" and item["scm_type"]:
            self.start_update(item)
        return item

    def change(self, name, number, data):
        item = self.get(name, number)
        name = self.kind_of(name, number)
        values = self._clean(name, data, item)
        merged = {**copy.deepcopy(item), **values}
        self._judge(name, merged, values, item)
        if name == "projects" and any(merged[field] != item[field] for field in SOURCE):
            self.start_update(merged)
        item.update(merged)
        return item

    def delete(self, name, number):
        self.get(name, number)
        del self.objects[self.kind_of(name, number)][number]
        for linked in self.links.values():
            if number in linked:
                linked.remove(number)

    def _clean(self, name, data, item):
        """Only writable fields; null in a text becomes an empty text; keys must point to something."""
        kind = KINDS[name]
        values = {}
        for field, value in data.items():
            default = kind.fields.get(field, ...)
            if default is ... or field in READ_ONLY or (item and field == "workflow_job_template"):
                continue
            if isinstance(default, str) and value is None:
                value = ""
            if isinstance(default, bool) and not isinstance(value, bool):
                refuse(field, "Must be a valid boolean.")
            if field in kind.keys and value not in (None, ""):
                try:
                    self.get(kind.keys[field], value)
                except Refusal:
                    refuse(field, f'Invalid pk "{value}" - object does not exist.')
            values[field] = copy.deepcopy(value)
        return values

    def _judge(self, name, merged, values, item):
        kind = KINDS[name]
        if name == "job_templates":
            self._template(merged)
        if kind.unique and all(merged.get(field) is not None for field in kind.unique):
            for other in self.objects[name].values():
                if other is not item and all(other.get(field) == merged.get(field) for field in kind.unique):
                    labels = " and ".join(field.replace("_", " ").capitalize() for field in kind.unique)
                    title = kind.type.replace("_", " ").capitalize()
                    raise Refusal({"__all__": [f"{title} with this {labels} already exists."]})
        if name == "credential_types":
            self._type(merged, item)
        elif name == "credentials":
            self._credential(merged, item)
        elif name == "schedules":
            rules.rrule(merged["rrule"])
        if name in ("schedules", "workflow_job_template_nodes") and merged.get("unified_job_template"):
            self._launch(name, merged)

    def _template(self, merged):
        project = self.objects["projects"].get(merged["project"])
        if project is None:
            refuse("project", "Job Templates must have a project assigned.")
        if merged["inventory"] is None and not merged["ask_inventory_on_launch"]:
            refuse("inventory", "You must either set a default value or ask to prompt on launch.")
        if not merged["playbook"]:
            refuse("playbook", "Must select playbook for project.")
        if merged["playbook"] not in project.get("playbook_files", ()):
            refuse("playbook", "Playbook not found for project.")
        merged["organization"] = project["organization"]

    def _type(self, merged, item):
        if item and item["managed"]:
            raise Refusal({"detail": "Modifications not allowed for managed credential types"}, 403)
        used = item and any(c["credential_type"] == item["id"] for c in self.objects["credentials"].values())
        if used and merged["inputs"] != item["inputs"]:
            raise Refusal(
                {"detail": "Modifications to inputs are not allowed for credential types that are in use"},
                403,
            )
        if merged["kind"] not in ("cloud", "net"):
            refuse("kind", f"Must be 'cloud' or 'net', not {merged['kind']}")
        rules.credential_type(merged["inputs"], merged["injectors"])

    def _credential(self, merged, item):
        if merged["organization"] is None:
            raise Refusal({"detail": ["Missing 'user', 'team', or 'organization'."]})
        rules.credential_inputs(self.get("credential_types", merged["credential_type"]), merged["inputs"])
        for key, value in merged["inputs"].items():
            if value == ENCRYPTED:
                if not item:
                    refuse("inputs", f"$encrypted$ is a reserved keyword, and cannot be used for {key}.")
                merged["inputs"][key] = item["inputs"][key]

    def _launch(self, name, merged):
        number = merged["unified_job_template"]
        kind = self.kind_of("unified_job_templates", number)
        template = {**self.get(kind, number), "survey_spec": self.surveys.get((kind, number), {})}
        if kind in ("job_templates", "workflow_job_templates"):
            asks = {field: ask for field, ask in PROMPTS.items() if ask in template}
            rules.prompts(template, merged, asks, required=name == "schedules")

    # -- what hangs on an object -----------------------------------------------------------------------
    def link(self, name, number, link, data):
        kind = KINDS[self.kind_of(name, number)]
        if link not in kind.links:
            raise Refusal({"detail": "The requested resource could not be found."}, 404)
        self.get(name, number)
        other = data.get("id")
        if not isinstance(other, int):
            raise Refusal({"msg": '"id" field must be an integer.'})
        try:
            sub = self.get(kind.links[link], other)
        except Refusal as error:
            raise Refusal(error.body) from None
        linked = self.linked(name, number, link)
        if data.get("disassociate"):
            if other in linked:
                linked.remove(other)
            return
        if link == "credentials" and name == "job_templates":
            types = {self.get("credentials", one)["credential_type"] for one in linked}
            if sub["credential_type"] in types and other not in linked:
                title = self.get("credential_types", sub["credential_type"])["name"]
                raise Refusal({"error": f"Cannot assign multiple {title} credentials."})
        if link in PATHS:
            self._path(number, other, link)
        if other not in linked:
            linked.append(other)

    def _path(self, parent, child, link):
        """A node leads to each other node by one kind of path, and never back to itself."""
        nodes = "workflow_job_template_nodes"
        if any(child in self.linked(nodes, parent, other) for other in PATHS if other != link):
            raise Refusal({"Error": "Relationship not allowed."})
        reached, ahead = set(), [child]
        while ahead:
            here = ahead.pop()
            if here == parent:
                raise Refusal({"Error": "Cycle detected."})
            if here not in reached:
                reached.add(here)
                ahead += [one for path in PATHS for one in self.linked(nodes, here, path)]

    def approval(self, number, data):
        """Makes the approval template of a node that has none yet."""
        node = self.get("workflow_job_template_nodes", number)
        values = self._clean("workflow_approval_templates", data, None)
        if not values.get("name"):
            refuse("name", "This field is required.")
        template = self._add("workflow_approval_templates", values)
        node["unified_job_template"] = template["id"]
        return template

    def start_update(self, project):
        self.last_id += 1
        self.updates[self.last_id] = {"id": self.last_id, "project": project["id"], "status": "pending"}
        return self.updates[self.last_id]

    def project_update(self, number):
        """The state of a project's update: done as soon as it has been looked at."""
        update = self.updates.get(number)
        if update is None:
            raise Refusal({"detail": "Not found."}, 404)
        update["status"] = "successful"
        project = self.objects["projects"][update["project"]]
        project.update(playbook_files=tuple(self.playbooks), scm_revision=self.revision)
        return {**update, "finished": True, "failed": False, "scm_revision": self.revision}
