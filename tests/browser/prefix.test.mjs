// SPDX-License-Identifier: MIT
// A listing behind a proxy that adds a prefix to all paths, of which the server knows nothing.
import assert from "node:assert/strict";
import { get } from "./support/http.mjs";
import { namesOn } from "./support/listing.mjs";
import { pngOf } from "./support/png.mjs";
import { startProxy } from "./support/proxy.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const pictures = Object.fromEntries([1, 2, 3, 4].map((number) => [`${number}.png`, pngOf(8, 8, [number, 90, 120])]));
const tree = { "a:b.txt": "colon", "README.md": "read me", sub: { inner: { "deep.txt": "deep" }, "b.txt": "b" }, pictures };

async function serveBehindPrefix(stage) {
  const lido = await stage.serve(stage.folder(tree));
  const proxy = await startProxy(lido.url, "/shared/files");
  stage.onEnd(proxy.close);
  return proxy;
}

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", NO_SCRIPT]]) {
  browserTest(`has only links and buttons that work there, ${how}`, async (stage) => {
    const proxy = await serveBehindPrefix(stage);
    const page = await stage.open(`${proxy.url}/`, options);
    const toRead = [`${proxy.url}/`, `${proxy.url}/?limit=1&offset=1`, `${proxy.url}/?filter=b&sort=time`];
    const found = new Set(toRead);
    while (toRead.length > 0) {
      await page.goto(toRead.pop());
      const links = await page.$$eval("a[href], img[src], form", (all) =>
        all.map((one) => one.href ?? one.src ?? new URL(`?${new URLSearchParams(new FormData(one))}`, one.action).href),
      );
      for (const link of links.filter((one) => !found.has(one))) {
        found.add(link);
        assert.ok(link.startsWith(`${proxy.url}/`), `${link} on ${page.url()} leads out of the prefix`);
        const { status, headers } = await get(link);
        assert.equal(status, 200, `${link} on ${page.url()}`);
        // What a page with a query leads to is looked at, but not read: it would be all combinations.
        if (headers["content-type"].startsWith("text/html") && !link.includes("?")) {
          toRead.push(link);
        }
      }
    }
    for (const wanted of ["a%3Ab.txt", "sub/inner/deep.txt", "?sort=size&order=desc", "?download=tar", "?download=zip", "?limit=1"]) {
      assert.ok(found.has(`${proxy.url}/${wanted}`), `${wanted} was not found`);
    }
  });
}

browserTest("is found by clicks there", async (stage) => {
  const proxy = await serveBehindPrefix(stage);
  const page = await stage.open(`${proxy.url}/`);
  await page.getByRole("link", { name: "sub" }).click();
  await page.waitForURL(`${proxy.url}/sub/`);
  await page.click("#sort-size");
  assert.equal(page.url(), `${proxy.url}/sub/?sort=size&order=desc`);
  await page.getByRole("link", { name: "inner" }).click();
  await page.waitForURL(`${proxy.url}/sub/inner/`);
  await page.getByRole("link", { name: "Top folder" }).click();
  await page.waitForURL(`${proxy.url}/`);
  await page.getByRole("link", { name: "pictures" }).click();
  await page.locator("#grid img").first().waitFor();
  const broken = await page.$$eval("#grid img", (images) => images.filter((image) => image.complete && !image.naturalWidth).length);
  assert.equal(broken, 0);
  assert.equal((await namesOn(page)).length, 4);
});
