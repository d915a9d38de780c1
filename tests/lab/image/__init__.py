# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's bootable image: built once (build.py), and booted from any copy of it (boot.py)."""
