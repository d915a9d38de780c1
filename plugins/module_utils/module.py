# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way from a module's function to its result: failures become a sentence, never a traceback."""

from __future__ import annotations

import re
import traceback

from ansible.module_utils.basic import AnsibleModule

from .failures import EnhancedInstanceError

# Beside private keys: ``private`` is a switch of clouds.yaml.
_SECRET = re.compile("pass|secret|token|private_key", re.IGNORECASE)


class CloudModule(AnsibleModule):
    """A module that takes clouds as names, which sentences tell, or as dictionaries, which hold passwords."""

    def _load_params(self):
        # Before the arguments are checked, logged or returned by anybody.
        super()._load_params()
        for name in ("cloud", "admin_cloud"):
            self.no_log_values.update(_secrets(self.params.get(name)))


def _secrets(value, secret=False):
    """The texts and numbers in a dictionary that are named as secrets; a switch is none."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _secrets(one, secret or bool(_SECRET.search(str(name))))
    elif secret and isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
        yield str(value)


def run(module, function):
    """Call ``function(module)`` and end the module with the dictionary it returns.

    A result with ``failed: true`` (a bulk task with failed records) needs ``msg`` and goes out by fail_json,
    whole. A domain failure becomes ``msg`` (one sentence) and ``failure``; results that were there before it
    are kept when the failure carries them as ``results``.
    """
    try:
        result = function(module)
    except EnhancedInstanceError as failure:
        results = getattr(failure, "results", None) or {}
        module.fail_json(msg=failure.sentence, failure=failure.as_dict(), **results)
    except Exception as fault:  # the funnel's last resort: a fault of this collection
        module.fail_json(
            msg=f"This is a fault of the collection ({type(fault).__name__}: {fault}); please report it "
            "with the output of -vvv.",
            exception=traceback.format_exc(),
        )
    else:
        finish(module, result)


def finish(module, result):
    """End the module with ``result``; by fail_json when it says failed."""
    result = dict(result)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def failed_record(failure):
    """What a record of a bulk task says when it failed."""
    return {"changed": False, "failed": True, "msg": failure.sentence, "failure": failure.as_dict()}


def summarize(records):
    """Counts over the records of a bulk task: total, changed, unchanged, failed."""
    return {
        "total": len(records),
        "changed": sum(1 for record in records if record.get("changed")),
        "unchanged": sum(1 for record in records if not record.get("changed") and not record.get("failed")),
        "failed": sum(1 for record in records if record.get("failed")),
    }


def bulk_result(key, records, name, **more):
    """The result of a bulk task: its records under ``key``, the summary, and a sentence when one of them
    failed.

    ``name(record)`` is what the sentence calls a record.
    """
    summary = summarize(records)
    result = {key: records, "summary": summary, "changed": summary["changed"] > 0, **more}
    failed = [record for record in records if record.get("failed")]
    if failed:
        result["failed"] = True
        result["failure"] = failed[0]["failure"]
        result["msg"] = failed[0]["msg"]
        if len(records) > 1:
            result["msg"] = (
                f"{len(failed)} of {len(records)} {key} failed, {summary['changed']} changed; "
                f"the first that failed is {name(failed[0])}: {failed[0]['msg']}"
            )
    return result
