# SPDX-License-Identifier: GPL-3.0-or-later
"""Layouts of images and volumes, each run with the collection and with the stock driver alone."""
