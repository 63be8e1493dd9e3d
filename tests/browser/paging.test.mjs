// SPDX-License-Identifier: MIT
// A folder of several pages.
import assert from "node:assert/strict";
import { namesFromServer, namesOn } from "./support/listing.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const COUNT = 2500;
const names = Array.from({ length: COUNT }, (_, index) => `file ${index + 1}.txt`);
const tree = Object.fromEntries(names.map((name, index) => [name, "x".repeat(index % 7)]));

const pages = (page) => page.locator('nav[aria-label="Pages"]');

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", NO_SCRIPT]]) {
  browserTest(`leads through all pages and back, ${how}`, async (stage) => {
    const lido = await stage.serve(stage.folder(tree), "-s", "listing_page=1000");
    const page = await stage.open(`${lido.url}/`, options);
    const seen = [];
    for (const range of ["1–1,000 of 2,500", "1,001–2,000 of 2,500", "2,001–2,500 of 2,500"]) {
      assert.ok((await pages(page).innerText()).includes(range), range);
      seen.push(...(await namesOn(page)));
      if (seen.length < COUNT) {
        await page.click('a[rel="next"]');
        await page.waitForURL((url) => url.search.includes(`offset=${seen.length}`));
      }
    }
    assert.deepEqual(seen, names);
    assert.equal(await page.locator('a[rel="next"]').count(), 0);
    assert.match(await page.locator("#totals").innerText(), /2,500 files/);

    await page.click("button.previous");
    await page.waitForURL(/offset=1000/);
    assert.equal((await namesOn(page))[0], "file 1001.txt");
    await page.click("button.previous");
    await page.locator("button.previous").waitFor({ state: "detached" });
    assert.equal((await namesOn(page))[0], "file 1.txt");
  });
}

browserTest("has short ways to the first and to the last page", async (stage) => {
  const lido = await stage.serve(stage.folder(tree), "-s", "listing_page=1000");
  const page = await stage.open(`${lido.url}/`);
  await pages(page).getByRole("button", { name: "Last" }).click();
  await page.waitForURL(/offset=2000/);
  await pages(page).getByRole("button", { name: "First" }).click();
  await page.locator("button.previous").waitFor({ state: "detached" });
  assert.equal((await namesOn(page))[0], "file 1.txt");
});

browserTest("keeps order, limit and filter from page to page", async (stage) => {
  const lido = await stage.serve(stage.folder(tree), "-s", "listing_page=1000");
  const page = await stage.open(`${lido.url}/?sort=size&order=desc&limit=100&filter=7`, NO_SCRIPT);
  const first = await namesOn(page);
  await page.click('a[rel="next"]');
  await page.waitForURL(/offset=100/);
  const expected = await namesFromServer(`${lido.url}/`, "?sort=size&order=desc&limit=200&filter=7");
  assert.deepEqual([...first, ...(await namesOn(page))], expected);
});

browserTest("says so behind the last row, and leads back", async (stage) => {
  const lido = await stage.serve(stage.folder({ "a.txt": "a", "b.txt": "b" }));
  const page = await stage.open(`${lido.url}/?offset=10`);
  assert.ok(await page.locator("#empty").isVisible());
  await page.click("button.previous");
  assert.deepEqual(await namesOn(page), ["a.txt", "b.txt"]);
});

browserTest("has no pages where one is enough", async (stage) => {
  const lido = await stage.serve(stage.folder({ "a.txt": "a" }));
  const page = await stage.open(`${lido.url}/`);
  assert.equal(await pages(page).count(), 0);
});

browserTest("says beside the tools, too, that there is more, and leads there", async (stage) => {
  const lido = await stage.serve(stage.folder(tree), "-s", "listing_page=1000");
  const page = await stage.open(`${lido.url}/`);
  const brief = page.locator(".tools nav");
  assert.equal((await brief.innerText()).trim(), "1–1,000 of 2,500");
  await brief.getByRole("link", { name: "Next page" }).click();
  await page.waitForURL(/offset=1000/);
  assert.equal((await brief.innerText()).trim(), "1,001–2,000 of 2,500");
  await brief.getByRole("button", { name: "Previous page" }).click();
  await page.waitForURL((url) => !url.search.includes("offset"));
  assert.equal((await namesOn(page))[0], "file 1.txt");
});
