# SPDX-License-Identifier: Apache-2.0
"""The places of the page."""

#: Views without parameters, as in the navigation.
VIEWS = ["", "runs", "compare", "lineage", "samples", "health", "logs", "kernels", "results", "scripts", "panels", "host", "events", "settings"]
