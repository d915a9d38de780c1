# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text as it has to stand in a file, so that oslo.config reads that very text.

It strips blanks, takes quotes around a value away (oslo_config/iniparser.py), and puts other options in for
$name, also inside a password; $$ is the sign itself, and so is one with a backslash before it
(oslo_config/cfg.py, _substitute).
"""

from __future__ import annotations

import re


def literal(text) -> str:
    """Also of a number. Raises ValueError with the end of a sentence that does not show the text, for it may
    be a secret.
    """
    text = str(text)
    if re.search(r"[\n\r]", text):
        raise ValueError("holds a line break, which a file of options cannot hold; choose another")
    if r"\$" in text:
        raise ValueError(r"holds \$, which oslo.config cannot read; choose another")
    text = text.replace("$", "$$")
    if text != text.strip() or (text and text[0] == text[-1] and text[0] in "\"'"):
        return f'"{text}"'
    return text


def meant(text: str) -> str:
    """The text of a value as it stands in a file, without other options put in."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text.replace(r"\$", "$$").replace("$$", "$")
