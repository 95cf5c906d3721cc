# SPDX-License-Identifier: Apache-2.0
"""Every view, as it is without anything to show and with: it is there, silent, and says where the reader is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.views import VIEWS


@pytest.mark.parametrize("path", VIEWS.values(), ids=VIEWS)
def test_view_is_shown_without_complaints(host, make_page, path):
    page = make_page(host, path)
    expect(page.locator("main")).not_to_be_empty()
    expect(page.locator("main [role=alert]")).to_have_count(0)
    expect(page.locator("nav a[aria-current]").first).to_be_attached()


def test_training_appears_by_itself(host, page, trainer):
    page.goto(host.page("runs"))
    expect(page.locator("main")).not_to_be_empty()
    trainer("appears-by-itself", steps=20)
    expect(page.locator("main").get_by_text("appears-by-itself").first).to_be_visible()
