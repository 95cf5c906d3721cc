# SPDX-License-Identifier: Apache-2.0
"""Asks axe-core what is wrong with a page for those who do not see it, or see it badly."""

from __future__ import annotations

from typing import Any, Dict, List

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Frames hold what a kernel made: its HTML is not ours to judge.
OPTIONS: Dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}


def violations(page: Page) -> List[str]:
    """One line for each, with the first elements."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{each['id']} ({each['impact']}): {each['help']}\n" + "\n".join(_element(node) for node in each["nodes"][:5]) for each in found]


def _element(node: Dict[str, Any]) -> str:
    return f"    {' '.join(map(str, node['target']))}  {node['html'][:160]}\n      {(node.get('failureSummary') or '')[:300]}"


#: Elements that lie beyond the right edge, and are not inside something that scrolls by itself.
_BEYOND = """() => {
  const edge = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      if (parent !== document.body && parent !== document.documentElement && ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(parent).overflowX)) return true;
    }
    return false;
  };
  return [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.right > edge + 1 && getComputedStyle(element).visibility !== "hidden" && !scrolls(element);
  }).slice(0, 8).map((element) => `${element.localName}.${element.className} to ${Math.round(element.getBoundingClientRect().right)} of ${edge}: ${element.textContent.slice(0, 60)}`);
}"""


def beyond_the_edge(page: Page) -> List[str]:
    """What makes the page scroll sideways; empty when nothing does."""
    found: List[str] = page.evaluate(_BEYOND)
    width = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width[0] > width[1]:
        found.insert(0, f"the page is {width[0]} wide in {width[1]}")
    return found
