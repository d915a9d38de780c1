# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6 refuses, for the objects of kinds.py, as a Refusal with the API's status and body."""

from __future__ import annotations

import re

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

SURVEY_TYPES = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (float, int),
}
VARIABLE = re.compile(r"^[a-zA-Z_]+[a-zA-Z0-9_]*$")
EXTRA_VARIABLE = re.compile(r"^[a-zA-Z_{}]+[a-zA-Z0-9_{}]*$")
FILE_LABEL = re.compile(r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$")


class Refusal(Exception):
    """The API's answer to a request it does not carry out."""

    def __init__(self, body, status=400):
        super().__init__(str(body))
        self.body = body
        self.status = status


def refuse(field, text, status=400):
    raise Refusal({field: [text]}, status)


def survey_spec(spec):
    """A survey as a template's endpoint survey_spec takes it. The spec is cleaned in place, as AWX does."""
    for name, kind in (("name", str), ("description", str), ("spec", list)):
        if name not in spec:
            raise Refusal({"error": f"Field '{name}' is missing from survey spec."})
        if not isinstance(spec[name], kind):
            raise Refusal({"error": f"Expected {kind.__name__} for field '{name}'."})
    if not spec["spec"]:
        raise Refusal({"error": "'spec' doesn't contain any items."})
    seen = set()
    for index, question in enumerate(spec["spec"]):
        for name in ("type", "question_name", "variable", "required"):
            if name not in question:
                raise Refusal({"error": f"'{name}' missing from survey question {index}"})
            if not isinstance(question[name], bool if name == "required" else str):
                raise Refusal({"error": f"'{name}' in survey question {index} is of the wrong type."})
        if question["variable"] in seen:
            raise Refusal(
                {"error": f"'variable' '{question['variable']}' duplicated in survey question {index}."}
            )
        seen.add(question["variable"])
        _question(index, question)


def _question(index, question):
    kind = question["type"]
    if kind not in SURVEY_TYPES:
        raise Refusal(
            {"error": f"'{kind}' in survey question {index} is not one of the allowed question types."}
        )
    default = question.get("default", "")
    if default != "" and not isinstance(default, SURVEY_TYPES[kind]):
        raise Refusal({"error": f"Default value {default} in survey question {index} expected to be {kind}."})
    for limit in ("min", "max"):
        if question.get(limit) is not None and not isinstance(question[limit], int):
            raise Refusal({"error": f"The {limit} limit in survey question {index} expected to be integer."})
    if kind in ("multiplechoice", "multiselect"):
        if "choices" not in question:
            raise Refusal({"error": f"Survey question {index} of type {kind} must specify choices."})
        if isinstance(question["choices"], str):
            question["choices"] = "\n".join(line for line in question["choices"].splitlines() if line.strip())
        if any(item not in question["choices"] for item in default.splitlines()):
            raise Refusal({"error": "Default choice must be answered from the choices listed."})


def survey_answers(spec, answers, required=True):
    """The errors of answers to a survey; each given answer is judged by type, limits and choices."""
    errors = []
    for question in spec.get("spec", []):
        name, kind = question["variable"], question["type"]
        if name not in answers:
            if question["required"] and required:
                errors.append(f"'{name}' value missing")
            continue
        value, least, most = answers[name], question.get("min"), question.get("max")
        if kind in ("text", "textarea", "password"):
            if not isinstance(value, str):
                errors.append(f"Value {value} for '{name}' expected to be a string.")
                continue
            value = len(value)
        elif kind in ("integer", "float"):
            if isinstance(value, bool) or not isinstance(value, SURVEY_TYPES[kind]):
                errors.append(f"Value {value} for '{name}' expected to be an {kind}.")
                continue
        else:
            if value not in question["choices"]:
                errors.append(f"Value {value} for '{name}' expected to be one of {question['choices']}.")
            continue
        if least is not None and value < least:
            errors.append(f"'{name}' value is too small (must be at least {least}).")
        if most is not None and value > most:
            errors.append(f"'{name}' value is too large (must be no more than {most}).")
    return errors


def credential_type(inputs, injectors):
    """Inputs and injectors of a custom type: known keys, unique fields, templates of defined fields only."""
    fields = inputs.get("fields", [])
    for field in fields:
        field.setdefault("type", "string")
        if not {"id", "label"} <= field.keys() or not VARIABLE.match(field["id"]) or field["id"] == "tower":
            refuse("inputs", f"Schema validation failed: {field}")
        known = {"type", "format", "choices", "id", "label", "help_text", "multiline", "secret", "default"}
        if field.keys() - known or field["type"] not in ("string", "boolean"):
            refuse("inputs", f"Schema validation failed: {field}")
        if field["type"] == "boolean" and field.keys() & {"choices", "multiline", "format", "secret"}:
            refuse("inputs", f"not allowed for boolean type ({field['id']})")
    if len({field["id"] for field in fields}) != len(fields):
        refuse("inputs", "field IDs must be unique")
    if injectors.keys() - {"file", "env", "extra_vars"}:
        refuse("injectors", "Schema validation failed: Additional properties are not allowed")
    _injectors(fields, injectors)


def _injectors(fields, injectors):
    files = injectors.get("file", {})
    if any(not FILE_LABEL.match(label) or not isinstance(text, str) for label, text in files.items()):
        refuse("injectors", "Schema validation failed: file")
    if "template" in files and len(files) > 1:
        refuse("injectors", "Must use multi-file syntax when injecting multiple files")
    names = {label.partition(".")[2]: "EXAMPLE_FILENAME" for label in files if "." in label}
    filename = "EXAMPLE_FILENAME" if "template" in files else names
    space = {field["id"]: "EXAMPLE" for field in fields} | {"tower": {"filename": filename}}
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)

    def render(text):
        try:
            jinja.from_string(text).render(space)
        except TemplateError as error:
            refuse("injectors", f"uses an undefined field ({error})")

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if not EXTRA_VARIABLE.match(key):
                    refuse("injectors", f"Schema validation failed: {key}")
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
        elif isinstance(node, str):
            render(node)
        else:
            refuse("injectors", f"Schema validation failed: {node} is not of type 'string'")

    for text in files.values():
        render(text)
    for name, text in injectors.get("env", {}).items():
        if name.startswith("ANSIBLE_"):
            refuse("injectors", f"Environment variable {name} may affect Ansible configuration.")
        render(text)
    walk(injectors.get("extra_vars", {}))


def credential_inputs(kind, inputs):
    """Values of a credential: only fields of its type, texts and booleans as the type says."""
    fields = {field["id"]: field for field in kind["inputs"].get("fields", [])}
    for name, value in inputs.items():
        if name not in fields:
            refuse("inputs", f"Additional properties are not allowed ('{name}' was unexpected)")
        if not isinstance(value, bool if fields[name]["type"] == "boolean" else str):
            raise Refusal({"inputs": {name: [f"is not of type '{fields[name]['type']}'"]}})


def rrule(text):
    """A schedule's rule: one start with a zone, one rule or more, an interval in each."""
    errors = []
    if len(re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", text)) != 1:
        errors.append("Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
    elif re.search(r"DTSTART:[0-9]+T[0-9]+ ", text):
        errors.append("DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ.")
    rules = re.findall(r"RULE:[^\s]*", text)
    if not rules:
        errors.append("One or more rule required in rrule.")
    errors += [f"INTERVAL required in rrule: {rule}" for rule in rules if "INTERVAL" not in rule]
    if errors:
        raise Refusal({"rrule": errors})


def prompts(template, values, asks, required):
    """What a node or schedule says at launch, against what its template asks for."""
    errors = {}
    for name, ask in asks.items():
        value = values.get(name)
        if value is None or value == template.get(name):
            continue
        if not template.get(ask):
            errors[name] = ["Field is not configured to prompt on launch."]
    data = values.get("extra_data") or {}
    spec = template.get("survey_spec", {}) if template.get("survey_enabled") else {}
    wrong = survey_answers(spec, data, required)
    if wrong:
        errors["variables_needed_to_start"] = wrong
    asked = {question["variable"] for question in spec.get("spec", [])}
    strangers = sorted(set(data) - asked)
    if strangers and not template.get("ask_variables_on_launch"):
        errors["extra_data"] = [f"Variables {', '.join(strangers)} are not allowed on launch."]
    if errors:
        raise Refusal(errors)
