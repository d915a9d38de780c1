# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: from the plain lab to instances made of clones, with the proof (see ../demo.py)."""
