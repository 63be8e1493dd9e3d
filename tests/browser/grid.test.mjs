// SPDX-License-Identifier: MIT
// Folders of pictures.
import assert from "node:assert/strict";
import { listenForRequests, namesOn, referencesOn } from "./support/listing.mjs";
import { pngOf } from "./support/png.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const picture = pngOf(24, 16, [20, 90, 140]);

function pictures(count) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`photo ${index + 1}.png`, picture]));
}

const isGrid = (page) => page.locator("#grid").isVisible();

const folders = [
  { what: "three pictures", tree: pictures(3), grid: true },
  { what: "two pictures", tree: pictures(2), grid: false },
  { what: "three pictures and two other files", tree: { ...pictures(3), "a.txt": "a", "b.txt": "b" }, grid: true },
  { what: "three pictures and three other files", tree: { ...pictures(3), "a.txt": "a", "b.txt": "b", "c.txt": "c" }, grid: false },
  { what: "three pictures and many folders", tree: { ...pictures(3), a: {}, b: {}, c: {}, d: {} }, grid: true },
];

for (const { what, tree, grid } of folders) {
  browserTest(`shows a folder of ${what} as a ${grid ? "grid" : "list"} by itself`, async (stage) => {
    const lido = await stage.serve(stage.folder(tree));
    const page = await stage.open(`${lido.url}/`, NO_SCRIPT);
    assert.equal(await isGrid(page), grid);
    assert.equal(await page.locator("#list").isVisible(), !grid);
    assert.equal(await page.locator(grid ? "#view-grid" : "#view-list").getAttribute("aria-current"), "true");
    assert.equal(await page.locator(grid ? "#view-list" : "#view-grid").getAttribute("aria-current"), null);
  });
}

browserTest("shows the pictures themselves, and other entries by their icons", async (stage) => {
  const lido = await stage.serve(stage.folder({ ...pictures(3), sub: {}, "notes.txt": "n" }));
  const page = await stage.open(`${lido.url}/`);
  assert.deepEqual(await namesOn(page), ["sub", "notes.txt", "photo 1.png", "photo 2.png", "photo 3.png"]);
  const loaded = await page.$$eval("#grid img", (images) =>
    Promise.all(images.map((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight, image.alt]))),
  );
  assert.deepEqual(loaded, [[24, 16, ""], [24, 16, ""], [24, 16, ""]]);
  assert.equal(await page.locator("#grid li.entry", { hasText: "sub" }).locator("img").count(), 0);
  await page.getByRole("link", { name: "photo 2.png" }).click();
  await page.waitForURL(`${lido.url}/photo%202.png`);
});

browserTest("loads pictures only when they come near", async (stage) => {
  const count = 600;
  const lido = await stage.serve(stage.folder(pictures(count)));
  const page = await stage.open("about:blank");
  const requests = listenForRequests(page);
  await page.goto(`${lido.url}/`);
  const asked = (number) => requests.includes(`${lido.url}/photo%20${number}.png`);
  assert.ok(asked(1), "the first one is to be seen");
  assert.ok(!asked(count), "the last one is far below");
  assert.ok(requests.length < count, `${requests.length} requests`);
  const last = page.waitForResponse(`${lido.url}/photo%20${count}.png`);
  await page.locator("#grid li").last().scrollIntoViewIfNeeded();
  assert.equal((await last).status(), 200);
});

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", NO_SCRIPT]]) {
  browserTest(`changes between list and grid, and keeps the order, ${how}`, async (stage) => {
    const lido = await stage.serve(stage.folder(pictures(12)));
    const page = await stage.open(`${lido.url}/`, options);
    await page.click("#view-list");
    await page.waitForURL(/view=list/);
    assert.ok(await page.locator("#list").isVisible());
    await page.click("#sort-name");
    await page.waitForURL(/order=desc/);
    const names = await namesOn(page);
    assert.equal(names[0], "photo 12.png");
    await page.click("#view-grid");
    await page.waitForURL(/view=grid/);
    assert.ok(await isGrid(page));
    assert.deepEqual(await namesOn(page), names);
    assert.equal((await referencesOn(page))[0], "photo%2012.png");
    assert.equal(await page.locator("#grid img").count(), 12);
  });
}

browserTest("filters the grid", async (stage) => {
  const lido = await stage.serve(stage.folder(pictures(12)));
  const page = await stage.open(`${lido.url}/`);
  await page.fill("#filter", "photo 1");
  assert.deepEqual(await namesOn(page), ["photo 1.png", "photo 10.png", "photo 11.png", "photo 12.png"]);
});

browserTest("stays a grid, or a list, on the way through folders", async (stage) => {
  const lido = await stage.serve(stage.folder({ sub: { inner: { ...pictures(3) } } }));
  for (const view of ["grid", "list"]) {
    const page = await stage.open(`${lido.url}/?view=${view}`);
    for (const folder of ["sub/", "sub/inner/"]) {
      await page.locator(".entry.folder a").click();
      await page.waitForURL(`${lido.url}/${folder}?view=${view}`);
      assert.equal(await isGrid(page), view === "grid");
    }
    await page.locator(".up a").click();
    await page.waitForURL(`${lido.url}/sub/?view=${view}`);
    await page.getByRole("link", { name: "Top folder" }).click();
    await page.waitForURL(`${lido.url}/?view=${view}`);
  }
});
