// SPDX-License-Identifier: MIT
// The handbook, www/*.html: every page right on every screen and whole without a script, its links lead somewhere, and nothing
// comes from elsewhere. What its commands do is tried by tests/handbook.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { checkAccessible, checkFits, checkValid, takeScreenshot } from "./support/checks.mjs";
import { get } from "./support/http.mjs";
import { projectFolder } from "./support/packages.mjs";
import { browserTest, DARK, DESKTOP, LIGHT, NO_SCRIPT, PHONE, SMALL_PHONE } from "./support/stage.mjs";

const www = path.join(projectFolder, "www");
const pages = readdirSync(www).filter((name) => name.endsWith(".html")).sort();
const looks = [["desktop-light", DESKTOP, LIGHT], ["desktop-dark", DESKTOP, DARK], ["phone-light", PHONE, LIGHT]];

for (const name of pages) {
  for (const [look, ...options] of looks) {
    browserTest(`is accessible and fits: ${name}, ${look}`, async (stage) => {
      const lido = await stage.serve(www);
      const page = await stage.open(`${lido.url}/${name}`, ...options);
      await checkFits(page, `${name}, ${look}`);
      await takeScreenshot(page, `handbook-${name.replace(".html", "")}-${look}`);
      await checkAccessible(page, `${name}, ${look}`);
    });
  }

  browserTest(`is valid, and fits the smallest screen without a script: ${name}`, async (stage) => {
    const lido = await stage.serve(www);
    await checkValid(`${lido.url}/${name}`, name);
    const page = await stage.open(`${lido.url}/${name}`, SMALL_PHONE, NO_SCRIPT);
    await checkFits(page, `${name} on a small phone`);
  });

  browserTest(`leads nowhere that does not exist, and loads nothing from elsewhere: ${name}`, async (stage) => {
    const lido = await stage.serve(www);
    const page = await stage.open("about:blank");
    const loaded = [];
    page.on("response", (response) => loaded.push(response.url()));
    await page.goto(`${lido.url}/${name}`);
    assert.deepEqual(loaded.filter((url) => !url.startsWith(`${lido.url}/`)), []);

    const links = new Set(await page.$$eval("a[href]", (anchors) => anchors.map(({ href }) => href)));
    const fragmentsOf = new Map();
    for (const link of links) {
      assert.ok(link.startsWith(`${lido.url}/`), `${link} leads away`);
      const [target, fragment] = link.split("#");
      if (!fragmentsOf.has(target)) {
        const { status, body } = await get(target);
        assert.equal(status, 200, link);
        fragmentsOf.set(target, new Set([...body.toString("utf8").matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)));
      }
      assert.ok(!fragment || fragmentsOf.get(target).has(fragment), `${link} has no such place`);
    }
  });

  browserTest(`can be printed: ${name}`, async (stage) => {
    const lido = await stage.serve(www);
    const page = await stage.open(`${lido.url}/${name}`);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 718, height: 1000 }); // A4 without its margins
    await checkFits(page, `${name}, printed`);
    const wider = await page.$$eval("pre", (all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length);
    assert.equal(wider, 0, "what is cut off on paper");
  });
}
