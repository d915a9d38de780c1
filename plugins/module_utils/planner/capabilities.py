# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ONTAP was seen to do where nothing documents it, and the way to prime that follows.

docs/capabilities.md has the file's format: one record per SVM and management address.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

FORMAT = 1
YES, NO, UNKNOWN = "yes", "no", "unknown"
ARRAY, ARRAY_OWNER, CINDER = "array", "array_owner", "cinder"
QUESTIONS = {
    "clone": "a file can be cloned within its FlexVol",
    "clone_keeps_owner": "a clone has the owner and group of its source",
    "clone_keeps_mode": "a clone has the mode of its source",
    "clone_overwrites": "a clone replaces an existing file unasked",
    "copy": "a file can be copied to another FlexVol",
    "copy_keeps_owner": "a copy has the owner and group of its source",
    "copy_keeps_mode": "a copy has the mode of its source",
    "copy_overwrites": "a copy replaces an existing file",
    "copy_takes_volume_in_path": "a path that begins with the volume's name is taken for the file in it",
    "copy_needs_svm": "a copy needs the SVM on both sides",
    "rename_overwrites": "renaming replaces an existing file",
}


@dataclass(frozen=True)
class Answer:
    """``code`` and ``message`` are ONTAP's own, or the message says why the answer is unknown."""

    answer: str = UNKNOWN
    code: str | None = None
    message: str | None = None

    def as_dict(self) -> dict:
        return {"answer": self.answer, "code": self.code, "message": self.message}


@dataclass(frozen=True)
class Capabilities:
    """The answers of one SVM; a question that was never asked is unknown."""

    svm: str
    hostname: str
    answers: dict = field(default_factory=dict)
    ontap: str | None = None
    account: str | None = None
    probed: str | None = None
    volume: str | None = None
    other_volume: str | None = None

    def answer(self, question: str) -> Answer:
        return self.answers.get(question, Answer())

    def as_dict(self) -> dict:
        return {
            "svm": self.svm,
            "hostname": self.hostname,
            "ontap": self.ontap,
            "account": self.account,
            "probed": self.probed,
            "volume": self.volume,
            "other_volume": self.other_volume,
            "answers": {name: self.answer(name).as_dict() for name in QUESTIONS},
        }


@dataclass(frozen=True)
class Way:
    """How to prime: ``careful`` is one file at a time, because an answer that counts is unknown."""

    name: str
    careful: bool = False
    copies: bool = True  # whether copy offload by REST is open
    reasons: tuple = ()


def parse(text: str) -> list[Capabilities]:
    """The records of a capability file; raises ValueError for anything that is not one."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}, the one that this version of the collection reads")
    try:
        return [_record(record) for record in content["svms"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a record lacks something ({error})") from error


def _record(record: dict) -> Capabilities:
    answers = {
        name: Answer(found["answer"], found.get("code"), found.get("message"))
        for name, found in record["answers"].items()
        if name in QUESTIONS
    }
    wrong = sorted({one.answer for one in answers.values()} - {YES, NO, UNKNOWN})
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no answer; there are yes, no and unknown")
    known = {name: record.get(name) for name in ("ontap", "account", "probed", "volume", "other_volume")}
    return Capabilities(record["svm"], record["hostname"], answers, **known)


def render(records: list[Capabilities]) -> str:
    """The text of a file with these records, in a fixed order."""
    ordered = sorted(records, key=lambda one: (one.hostname, one.svm))
    return json.dumps({"format": FORMAT, "svms": [one.as_dict() for one in ordered]}, indent=2) + "\n"


def replaced(records: list[Capabilities], new: Capabilities) -> list[Capabilities]:
    """The records with the one of this SVM at this address put in or replaced."""
    return [one for one in records if (one.svm, one.hostname) != (new.svm, new.hostname)] + [new]


def of_svm(records: list[Capabilities], svm: str, hostname: str | None = None) -> Capabilities:
    """The record of an SVM; with everything unknown where there is none.

    A record of another address of the same SVM name is not taken: names are unique per cluster only.
    """
    for one in records:
        if one.svm == svm and hostname in (None, one.hostname):
            return one
    return Capabilities(svm, hostname or "")


def way(capabilities: Capabilities, owner_matters: bool) -> Way:
    """The way to prime this SVM's FlexVols; the table of docs/capabilities.md."""
    asked = ["clone", "clone_keeps_owner"] if owner_matters else ["clone"]
    refused = [name for name in asked if capabilities.answer(name).answer == NO]
    copy = capabilities.answer("copy")
    copies = copy.answer != NO
    reasons = []
    if refused:
        return Way(CINDER, copies=False, reasons=tuple(_why_not(capabilities, name) for name in refused))
    if not copies:
        reasons.append(_why_not(capabilities, "copy"))
    unknown = [name for name in [*asked, "copy"] if capabilities.answer(name).answer == UNKNOWN]
    reasons += [f"it is not known whether {QUESTIONS[name]}" for name in unknown]
    return Way(ARRAY_OWNER if owner_matters else ARRAY, bool(unknown), copies, tuple(reasons))


def _why_not(capabilities: Capabilities, name: str) -> str:
    answer = capabilities.answer(name)
    said = f" (ONTAP says: {answer.message}, code {answer.code})" if answer.code else ""
    return f"SVM {capabilities.svm}: it is not so that {QUESTIONS[name]}{said}"
