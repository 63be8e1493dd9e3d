// SPDX-License-Identifier: MIT
// What every page has to be: accessible, valid, and no wider than the screen.
import assert from "node:assert/strict";
import path from "node:path";
import { get } from "./http.mjs";
import { axeSource, HtmlValidate, parse5, screenshotFolder } from "./packages.mjs";

// The rules of html-validate's standard set (the HTML standard, and what is deprecated in it), all of them.
const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });

// All of axe-core's rules, best practices too.
export async function checkAccessible(page, what) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 10).map((node) => node.target.join(" ")).join(", ")}`,
  );
  assert.deepEqual(found, [], `${what} is not accessible`);
}

// The page as the server sends it, before any script. First its syntax, by the standard's own parser; then what is in it,
// with all end tags written out, as html-validate does not know when HTML lets them be left out.
export async function checkValid(url, what = url) {
  const { headers, body } = await get(url);
  const declared = /<meta charset="?utf-8"?>/i.test(body.subarray(0, 1024).toString("latin1")) ? "?" : "";
  assert.match(headers["content-type"], new RegExp(`^text/html(; ?charset=utf-8)${declared}$`, "i"));
  const found = [];
  const document = parse5.parse(body.toString("utf8"), {
    scriptingEnabled: false,
    onParseError: ({ code, startLine, startCol }) => found.push(`${startLine}:${startCol} ${code}`),
  });
  const { results } = await validator.validateString(parse5.serialize(document));
  for (const { line, column, ruleId, message } of results.flatMap(({ messages }) => messages)) {
    found.push(`${line}:${column} (end tags written out) ${ruleId}: ${message}`);
  }
  assert.deepEqual(found, [], `${what} is not valid`);
}

export async function checkFits(page, what) {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: window.innerWidth,
  }));
  const wanted = page.viewportSize().width;
  assert.ok(content <= wanted && screen <= wanted, `${what} is ${content} pixels wide on a screen of ${wanted}`);
}

// For people to look at: build/browser/screenshots/NAME.png.
export async function takeScreenshot(page, name) {
  await page.screenshot({ path: path.join(screenshotFolder, `${name}.png`) });
}
