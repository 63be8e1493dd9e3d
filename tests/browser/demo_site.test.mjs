// SPDX-License-Identifier: MIT
// The demo site, www/, as it is.
import assert from "node:assert/strict";
import path from "node:path";
import { checkValid } from "./support/checks.mjs";
import { get } from "./support/http.mjs";
import { projectFolder } from "./support/packages.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const www = path.join(projectFolder, "www");

browserTest("shows itself without a complaint, all of it from this server", async (stage) => {
  const lido = await stage.serve(www);
  const loaded = [];
  const page = await stage.open("about:blank");
  page.on("response", (response) => loaded.push({ url: response.url(), status: response.status() }));
  await page.goto(`${lido.url}/`);
  await page.locator("#answer-summary").filter({ hasText: "bytes" }).waitFor();

  assert.deepEqual(loaded.filter(({ url, status }) => !url.startsWith(lido.url) || status !== 200), []);
  for (const name of ["/", "/style.css", "/script.js", "/favicon.svg", "/pictures/lido.svg"]) {
    assert.ok(loaded.some(({ url }) => url === lido.url + name), `${name} was not loaded`);
  }
  const broken = await page.$$eval("img", (images) => images.filter((image) => !image.naturalWidth).map(({ src }) => src));
  assert.deepEqual(broken, [], "pictures that do not show");
});

browserTest("tells who answered, and again when asked", async (stage) => {
  const lido = await stage.serve(www);
  const page = await stage.open(`${lido.url}/`);
  await page.locator("#answer-fields dt", { hasText: "Content-Length" }).waitFor();
  const again = page.waitForResponse(`${lido.url}/`);
  await page.click("#again");
  assert.equal((await again).status(), 200);
});

browserTest("leads nowhere that does not exist", async (stage) => {
  const lido = await stage.serve(www);
  const page = await stage.open(`${lido.url}/`);
  const links = await page.$$eval("a[href]", (anchors) => anchors.map(({ href }) => href));
  assert.ok(links.length >= 10, `only ${links.length} links`);
  for (const link of links) {
    assert.ok(link.startsWith(`${lido.url}/`), `${link} leads away`);
    assert.equal((await get(link)).status, 200, link);
    const [, fragment] = link.split("#");
    if (fragment) {
      assert.equal(await page.locator(`[id="${fragment}"]`).count(), 1, `${link} has no such place`);
    }
  }
});

browserTest("leads by a click to the folder that one can browse, and back", async (stage) => {
  const lido = await stage.serve(www);
  const page = await stage.open(`${lido.url}/`);
  await page.click("text=Browse a directory");
  await page.waitForURL(`${lido.url}/browse/`);
  await page.click('a[href="../"] >> nth=0');
  await page.waitForURL(`${lido.url}/`);
});

browserTest("is complete without its script", async (stage) => {
  const lido = await stage.serve(www);
  const page = await stage.open(`${lido.url}/`, NO_SCRIPT);
  assert.equal(await page.locator("h1").innerText(), "A few lanes, many swimmers.");
  assert.equal(await page.locator("#answer").isVisible(), false);
});

browserTest("is valid HTML", async (stage) => {
  const lido = await stage.serve(www);
  await checkValid(`${lido.url}/`);
  await checkValid(`${lido.url}/browse/notice%20board.html`);
});
