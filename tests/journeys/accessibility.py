"""What axe finds on a page, in one place: the rules, and how a finding is told."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# axe describes what passes too unless it is told not to: most of its time, and megabytes a page.
RUN = """
async () => {
  const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run({ runOnly: standards, resultTypes: ["violations"] });
  const places = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
  return violations.map(({ id, nodes }) => `${id} ${places(nodes)}`);
}
"""


def axe_finds(page: Page, state: str) -> list[str]:
    """Every rule that the page breaks in this state, with up to three of its places."""
    page.evaluate(AXE_SCRIPT)
    return [f"{state}: {finding}" for finding in page.evaluate(RUN)]
