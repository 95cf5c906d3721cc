# SPDX-License-Identifier: Apache-2.0
"""What the tests in a browser stand on: a real host, real trainings, and a page that is watched."""
