// SPDX-License-Identifier: MIT
// The filter box of a listing.
import assert from "node:assert/strict";
import { listenForRequests, namesOn } from "./support/listing.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const tree = { "Apple.txt": "a", "apple pie.md": "ap", "banana.txt": "ban", pineapples: {}, "zebra <b>&\".txt": "zebra" };
const withApple = ["pineapples", "apple pie.md", "Apple.txt"];

browserTest("narrows the list at each letter, without a request, and says how many are left", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  const all = await namesOn(page);
  const requests = listenForRequests(page);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
  assert.equal(await page.inputValue("#filter"), "", "the slash itself is not typed");

  await page.keyboard.type("apPLE");
  assert.deepEqual(await namesOn(page), withApple);
  assert.match(await page.locator('[role="status"]').innerText(), /\b3 of 5\b/);
  await page.keyboard.type(" ");
  assert.deepEqual(await namesOn(page), ["apple pie.md"]);
  await page.keyboard.type("?");
  assert.deepEqual(await namesOn(page), []);
  assert.ok(await page.locator("#empty").isVisible());

  await page.keyboard.press("Escape");
  assert.deepEqual(await namesOn(page), all);
  assert.equal(await page.inputValue("#filter"), "");
  assert.equal(await page.locator("#empty").count(), 0);
  assert.deepEqual(requests, []);
});

browserTest("stays while the order changes", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  await page.fill("#filter", "apple");
  await page.click("#sort-size");
  assert.deepEqual(await namesOn(page), ["pineapples", "apple pie.md", "Apple.txt"]);
  await page.click("#sort-size");
  assert.deepEqual(await namesOn(page), ["pineapples", "Apple.txt", "apple pie.md"]);
});

browserTest("leads to the first match by Enter", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  await page.fill("#filter", "banana");
  await page.press("#filter", "Enter");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${lido.url}/banana.txt`);
});

browserTest("is done by the server without JavaScript, and keeps order and limit", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/?sort=size&order=desc&limit=50`, NO_SCRIPT);
  await page.fill("#filter", "APPLE");
  await page.press("#filter", "Enter");
  await page.waitForURL(/filter=APPLE/);
  const query = new URL(page.url()).searchParams;
  assert.deepEqual([query.get("sort"), query.get("order"), query.get("limit")], ["size", "desc", "50"]);
  assert.deepEqual(await namesOn(page), ["pineapples", "apple pie.md", "Apple.txt"]);
  assert.equal(await page.inputValue("#filter"), "APPLE", "it shows what is filtered by");
  await page.click("#sort-name");
  assert.deepEqual(await namesOn(page), withApple, "sorting keeps the filter");
});

browserTest("says that nothing matches, without taking the text for markup", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`, NO_SCRIPT);
  const text = `"><img src=x onerror=alert(1)>&amp;'`;
  await page.fill("#filter", text);
  await page.press("#filter", "Enter");
  await page.locator("#empty").waitFor();
  assert.ok((await page.locator("#empty").innerText()).includes(text));
  assert.equal(await page.inputValue("#filter"), text);
  assert.equal(await page.locator("main img").count(), 0);
  await page.locator("#empty button").click();
  assert.equal((await namesOn(page)).length, 5);
});

browserTest("finds markup characters in names, in the page and on the server", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const expected = ["zebra <b>&\".txt"];
  const page = await stage.open(`${lido.url}/`);
  await page.fill("#filter", "<b>&\"");
  assert.deepEqual(await namesOn(page), expected);
  const plain = await stage.open(`${lido.url}/`, NO_SCRIPT);
  await plain.fill("#filter", "<b>&\"");
  await plain.press("#filter", "Enter");
  assert.deepEqual(await namesOn(plain), expected);
});

browserTest("asks the server by Enter where there are more pages, and Escape takes it back", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/?limit=2&sort=size`);
  await page.clock.install();
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000)); // no pause ends but by the test's leave
  await page.fill("#filter", "apple");
  assert.equal((await namesOn(page)).length, 2, "what is not here cannot be filtered here");
  await page.press("#filter", "Enter");
  await page.waitForURL(/filter=apple/);
  assert.equal(new URL(page.url()).searchParams.get("sort"), "size");
  assert.deepEqual(await namesOn(page), ["pineapples", "Apple.txt"]);

  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.search.includes("filter"));
  assert.equal(await page.inputValue("#filter"), "");
});

browserTest("asks the server after a pause where there are more pages, and one goes on typing", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/?limit=2&sort=size`);
  await page.clock.install();
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  await page.locator("#filter").pressSequentially("app");
  await page.clock.runFor(300);
  await page.locator("#filter").pressSequentially("le");
  await page.clock.runFor(600);
  assert.ok(!page.url().includes("filter"), "the pause begins anew with each letter");
  assert.match(await page.locator('[role="status"]').innerText(), /all pages/);
  await page.clock.runFor(200);
  await page.waitForURL(/sort=size.*filter=apple$/);
  assert.deepEqual(await namesOn(page), ["pineapples", "Apple.txt"]);
  await page.keyboard.type("s");
  assert.equal(await page.inputValue("#filter"), "apples");
});
