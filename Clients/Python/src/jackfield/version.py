# SPDX-License-Identifier: Apache-2.0
"""The version, alone in a module so that packaging can read it without an import."""

VERSION = "0.1.0"
