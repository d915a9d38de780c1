# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end of a service's log says about why it does not come up: a few sentences, without secrets.

Lines are oslo.log's (time, process, level, logger, [request], sentence), or those of a WSGI server, which has
no levels. Times are the host's own, as the log has them.
"""

from __future__ import annotations

import re

SHOWN, LONGEST = 6, 300
HIDDEN = "********"
STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
LEVEL = re.compile(r"\b(ERROR|CRITICAL|WARNING|INFO|DEBUG|TRACE|AUDIT)\b ")
TROUBLE = re.compile(r"error|exception|fail|refused|denied", re.IGNORECASE)
# A WSGI server's words: "bind(): Address already in use", "ImportError: ...".
PLAIN_TROUBLE = re.compile(
    r"already in use|Errno \d|\w(Error|Exception)\b|^error:|permission denied", re.IGNORECASE
)
# Lines of a traceback, of another's report about it, and what a service says that was told to end.
NOISE = re.compile(
    r"Traceback|File \"|\^\^\^|^\S*\s{2,}\S|\s{3,}(raise|return) |reporting problems|KeyboardInterrupt"
)
REQUEST = re.compile(r"^(\S+) \[[^\]]*\] ")


def sentences(lines, since: str = "", secrets=()) -> str:
    """The last few different sentences about trouble since a time (``2026-01-31 12:00:00``), or "".

    A line without a time counts as its predecessor. None of ``secrets`` is shown.
    """
    since = since.replace("T", " ")
    fresh, found = not since, []
    for line in lines:
        stamp = STAMP.search(line[:100])
        if stamp:
            fresh = f"{stamp[1]} {stamp[2]}" >= since
        if not fresh:
            continue
        sentence = _trouble(line)
        if sentence:
            found.append(_hidden(sentence, secrets)[:LONGEST].rstrip(". "))
    return " // ".join(_telling(list(dict.fromkeys(found)))[-SHOWN:])


def _telling(found: list[str]) -> list[str]:
    """Without those that another one holds: the last line of a traceback repeats what its first line says."""
    return [
        one for one in found if not any(one != other and one.partition(" ")[2] in other for other in found)
    ]


def _trouble(line: str) -> str:
    """The sentence of a line about trouble, else empty."""
    level = LEVEL.search(line[:200])
    if level is None:
        text = STAMP.sub("", line, count=1).lstrip(" -[]") if STAMP.match(line) else line
        return text.strip() if PLAIN_TROUBLE.search(text) and not NOISE.search(text) else ""
    text = line[level.end() :].rstrip()
    if level[1] not in ("ERROR", "CRITICAL") or not TROUBLE.search(text) or NOISE.search(text):
        return ""
    return REQUEST.sub(r"\1 ", text)


def _hidden(text: str, secrets) -> str:
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return text
