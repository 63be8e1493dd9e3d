// SPDX-License-Identifier: MIT
// A listing without a mouse.
import assert from "node:assert/strict";
import { browserTest } from "./support/stage.mjs";

const tree = { sub: { inner: { "end.txt": "end" }, "a.txt": "a", "b.txt": "b", "c.txt": "c" } };

// The name of the entry whose link has the focus.
function focused(page) {
  return page.evaluate(() => document.activeElement.closest(".entry")?.querySelector("a").textContent.replace(/\/$/, "") ?? null);
}

async function openSub(stage, query = "") {
  const lido = await stage.serve(stage.folder(tree));
  return { lido, page: await stage.open(`${lido.url}/sub/${query}`) };
}

browserTest("moves from entry to entry, and stops at the ends", async (stage) => {
  const { page } = await openSub(stage);
  const presses = [
    ...[["ArrowDown", "inner"], ["ArrowUp", "inner"], ["ArrowDown", "a.txt"], ["j", "b.txt"], ["k", "a.txt"]],
    ...[["End", "c.txt"], ["ArrowDown", "c.txt"], ["ArrowUp", "b.txt"], ["Home", "inner"]],
  ];
  for (const [index, [key, name]] of presses.entries()) {
    await page.keyboard.press(key);
    assert.equal(await focused(page), name, `press ${index + 1}, ${key}`);
  }
});

browserTest("shows where it is", async (stage) => {
  const { page } = await openSub(stage);
  await page.keyboard.press("ArrowDown");
  const outline = await page.evaluate(() => {
    const styles = [null, "::after"].map((part) => getComputedStyle(document.activeElement, part)); // itself, what it reaches
    return styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1);
  });
  assert.ok(outline, "the focus has a ring");
});

browserTest("skips what the filter hides", async (stage) => {
  const { page } = await openSub(stage);
  await page.keyboard.press("/");
  await page.keyboard.type("b");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "b.txt");
  await page.keyboard.press("End");
  assert.equal(await focused(page), "b.txt");
});

browserTest("opens by Enter, and goes up by Backspace or ArrowLeft", async (stage) => {
  const { lido, page } = await openSub(stage);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${lido.url}/sub/inner/`);
  await page.keyboard.press("Backspace");
  await page.waitForURL(`${lido.url}/sub/`);
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(`${lido.url}/`);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "sub", "there is nothing above the root");
});

browserTest("edits in the filter box as in any other", async (stage) => {
  const { lido, page } = await openSub(stage);
  await page.keyboard.press("/");
  await page.keyboard.type("jk/");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Backspace");
  assert.equal(await page.inputValue("#filter"), "j/");
  assert.equal(page.url(), `${lido.url}/sub/`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "filter", "a second Escape leaves it");
});

browserTest("leaves the browser's own keys alone", async (stage) => {
  const { page } = await openSub(stage);
  const taken = await page.evaluate(() =>
    ["Home", "j", "ArrowLeft", "Backspace"].filter((key) => {
      const press = new KeyboardEvent("keydown", { key, ctrlKey: true, bubbles: true, cancelable: true });
      return !document.body.dispatchEvent(press);
    }),
  );
  assert.deepEqual(taken, []);
});

browserTest("moves in the grid by line and by column", async (stage) => {
  const { page } = await openSub(stage, "?view=grid");
  for (const [key, name] of [["ArrowDown", "inner"], ["ArrowRight", "a.txt"], ["ArrowRight", "b.txt"], ["ArrowLeft", "a.txt"]]) {
    await page.keyboard.press(key);
    assert.equal(await focused(page), name, key);
  }
  await page.setViewportSize({ width: 320, height: 568 });
  const perLine = await page.$$eval("#grid .entry", (all) => all.filter((one) => one.offsetTop === all[0].offsetTop).length);
  assert.ok(perLine < 4, "four tiles need more than one line here");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), ["inner", "a.txt", "b.txt", "c.txt"][perLine]);
});

browserTest("reaches every control by Tab", async (stage) => {
  const { page } = await openSub(stage);
  const reached = new Set();
  for (let press = 0; press < 30; press += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("href")));
  }
  for (const wanted of ["filter", "view-list", "view-grid", "download", "download-zip", "sort-name", "sort-size", "sort-time", "../", "a.txt"]) {
    assert.ok(reached.has(wanted), `${wanted} is not reached`);
  }
});
