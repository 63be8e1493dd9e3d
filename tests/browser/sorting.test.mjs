// SPDX-License-Identifier: MIT
// The order of a listing: at once where scripts run, by forms where they do not, and always the server's.
import assert from "node:assert/strict";
import { file } from "./support/folders.mjs";
import { listenForRequests, namesFromServer, namesOn } from "./support/listing.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const at = (day) => new Date(Date.UTC(2020, 0, day, 12));

// With equals in each column, and orders that differ from each other.
const tree = {
  "b.txt": file("x".repeat(300), at(1)),
  "B.md": file("x".repeat(20), at(9)),
  "a10.txt": file("x".repeat(20), at(5)),
  "a9.txt": file("x".repeat(1000), at(5)),
  "c.txt": file("", at(2)),
  "dir 10": {},
  "dir 9": {},
};
const folders = ["dir 9", "dir 10"];
const turned = [...folders].reverse();

// What one sees after each click. By time the folders, made just now, come in an order that only the server knows.
const clicks = [
  { column: "size", order: "descending", names: [...turned, "a9.txt", "b.txt", "B.md", "a10.txt", "c.txt"] },
  { column: "size", order: "ascending", names: [...folders, "c.txt", "a10.txt", "B.md", "b.txt", "a9.txt"] },
  { column: "time", order: "descending", files: ["B.md", "a10.txt", "a9.txt", "c.txt", "b.txt"] },
  { column: "time", order: "ascending", files: ["b.txt", "c.txt", "a9.txt", "a10.txt", "B.md"] },
  { column: "name", order: "ascending", names: [...folders, "a9.txt", "a10.txt", "B.md", "b.txt", "c.txt"] },
  { column: "name", order: "descending", names: [...turned, "c.txt", "b.txt", "B.md", "a10.txt", "a9.txt"] },
];

function plain(names) {
  return names.map((name) => name.replace(/\/$/, ""));
}

async function checkOrder(page, url, { column, order, names, files }) {
  const what = `by ${column}, ${order}`;
  const seen = await namesOn(page);
  assert.deepEqual(seen.slice(files ? -files.length : 0), files ?? names, what);
  assert.deepEqual(seen, plain(await namesFromServer(url, new URL(page.url()).search)), `${what}: not what the server says`);
  for (const name of ["name", "size", "time"]) {
    const header = page.locator("th", { has: page.locator(`#sort-${name}`) });
    assert.equal(await header.getAttribute("aria-sort"), name === column ? order : null, `${what}: aria-sort of ${name}`);
  }
}

browserTest("follows a click on a column at once, without a request", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  const requests = listenForRequests(page);
  for (const click of clicks) {
    await page.click(`#sort-${click.column}`);
    await checkOrder(page, `${lido.url}/`, click);
  }
  assert.deepEqual(requests, []);
});

browserTest("is the same by forms, without JavaScript", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`, NO_SCRIPT);
  const requests = listenForRequests(page);
  for (const click of clicks) {
    await page.click(`#sort-${click.column}`);
    await checkOrder(page, `${lido.url}/`, click);
  }
  assert.equal(requests.filter((url) => url.includes("?")).length, clicks.length);
});

browserTest("survives a reload, and the buttons of the page that is reloaded", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  await page.click("#sort-size");
  const forms = () => page.$$eval("thead form, .views form", (all) => all.map((form) => String(new URLSearchParams(new FormData(form)))));
  const [before, namesBefore] = [await forms(), await namesOn(page)];
  await page.reload();
  assert.deepEqual(await forms(), before, "the script writes other forms than the server");
  assert.deepEqual(await namesOn(page), namesBefore);
});

browserTest("does not get into the history", async (stage) => {
  const lido = await stage.serve(stage.folder({ sub: tree }));
  const page = await stage.open(`${lido.url}/`);
  await page.getByRole("link", { name: "sub" }).click();
  await page.waitForURL(`${lido.url}/sub/`);
  await page.click("#sort-size");
  await page.click("#sort-time");
  await page.goBack();
  assert.equal(page.url(), `${lido.url}/`);
});

browserTest("asks the server where not all rows are on the page", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/?limit=4`);
  await page.click("#sort-size");
  await page.waitForURL(/sort=size/);
  assert.equal(new URL(page.url()).searchParams.get("limit"), "4", "the limit is kept");
  assert.deepEqual(await namesOn(page), [...turned, "a9.txt", "b.txt"]);
});

browserTest("works in the grid, too", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/?view=grid`);
  assert.ok(await page.locator("#grid").isVisible());
  const requests = listenForRequests(page);
  await page.click("#sort-size");
  assert.deepEqual(await namesOn(page), clicks[0].names);
  assert.deepEqual(requests, []);
  await page.click("#view-list");
  await page.waitForURL(/view=list/);
  assert.deepEqual(await namesOn(page), clicks[0].names, "the other view keeps the order");
});
