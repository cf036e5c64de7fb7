// Holds a page against the rules of accessibility that axe knows.
import assert from "node:assert/strict";
import axe from "axe-core";

const grave = new Set(["serious", "critical"]);

/** Fails where axe finds something serious on the page as it is shown, and names page, rule and element. */
export async function mustBeAccessible(page, name) {
  // A page that leads on hides what it shows for a moment, and nothing is found in what is hidden.
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  // Scripts of a test are not subject to the policy of the page.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const found = violations.filter(({ impact }) => grave.has(impact));
  const told = found.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  assert.equal(told.length, 0, told.join("\n"));
}

/** Fails where a window of this width has to be scrolled sideways. */
export async function mustFit(page, name) {
  const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(needed <= given, `${name} needs ${needed} pixels in a window of ${given}`);
}
