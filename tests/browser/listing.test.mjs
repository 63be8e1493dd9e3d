// SPDX-License-Identifier: MIT
// What a listing shows.
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { file } from "./support/folders.mjs";
import { namesOn } from "./support/listing.mjs";
import { browserTest, NO_SCRIPT, SMALL_PHONE } from "./support/stage.mjs";

const noon = new Date("2021-03-04T12:34:56Z");

browserTest("has folders first, then files, each in natural order", async (stage) => {
  const files = ["img10.txt", "img9.txt", "IMG11.txt", "img1.txt", "Zoo", "apple", "img02.txt"];
  const folders = ["part 10", "part 9", "Part 1"];
  const tree = Object.fromEntries([...files.map((name) => [name, "x"]), ...folders.map((name) => [name, {}])]);
  const lido = await stage.serve(stage.folder(tree));
  const expected = [
    ...["Part 1", "part 9", "part 10"],
    ...["apple", "img1.txt", "img02.txt", "img9.txt", "img10.txt", "IMG11.txt", "Zoo"],
  ];
  for (const script of [{}, NO_SCRIPT]) {
    assert.deepEqual(await namesOn(await stage.open(`${lido.url}/`, script)), expected);
  }
});

browserTest("tells of each entry its kind, its size in words and in bytes, and its time", async (stage) => {
  const folder = stage.folder({ "film.mp4": file(Buffer.alloc(1_572_864), noon), "one.txt": file("1", noon), sub: {} });
  const lido = await stage.serve(folder);
  const page = await stage.open(`${lido.url}/`, NO_SCRIPT);
  const row = (name) => page.locator("tr.entry", { hasText: name });

  assert.equal(await row("film.mp4").getAttribute("data-kind"), "video");
  assert.equal(await row("film.mp4").getAttribute("data-size"), "1572864");
  assert.equal(await row("film.mp4").locator(".size").innerText(), "1.5 MiB");
  assert.match(await row("film.mp4").locator(".size").getAttribute("title"), /^1,572,864 bytes$/);
  assert.match(await row("one.txt").locator(".size").getAttribute("title"), /^1 byte$/);
  assert.equal(await row("one.txt").locator("time").getAttribute("datetime"), "2021-03-04T12:34:56Z");
  assert.equal(await row("one.txt").locator("time").innerText(), "2021-03-04 12:34");
  assert.equal(await row("one.txt").locator("a").getAttribute("href"), "one.txt");

  assert.equal(await row("sub").getAttribute("data-kind"), "folder");
  assert.match(await row("sub").getAttribute("class"), /\bfolder\b/);
  assert.equal(await row("sub").locator(".size").innerText(), "");
  assert.equal(await row("sub").locator("a").getAttribute("href"), "sub/");
});

browserTest("counts what is in the folder", async (stage) => {
  const folder = stage.folder({ a: {}, b: {}, "1.bin": Buffer.alloc(1024), "2.bin": Buffer.alloc(2048), "3.bin": Buffer.alloc(512) });
  const lido = await stage.serve(folder);
  const page = await stage.open(`${lido.url}/`);
  assert.equal(await page.locator("#totals").innerText(), "2 folders, 3 files, 3.5 KiB");
});

browserTest("leaves out what is hidden, leads outside, or is no file", async (stage) => {
  const folder = stage.folder({ "seen.txt": "x", ".hidden": "x", ".git": { config: "x" } });
  symlinkSync("/etc/hostname", path.join(folder, "outside"));
  symlinkSync("nowhere", path.join(folder, "dangling"));
  symlinkSync("seen.txt", path.join(folder, "inside"));
  execFileSync("mkfifo", [path.join(folder, "pipe")]);
  const lido = await stage.serve(folder);
  assert.deepEqual(await namesOn(await stage.open(`${lido.url}/`)), ["inside", "seen.txt"]);
});

// Where on the row somebody clicks, seen from its left edge.
for (const { what, options, places } of [
  { what: "the row", options: {}, places: [0.01, 0.3, 0.97] },
  { what: "what stands left of the size, without JavaScript", options: NO_SCRIPT, places: [0.01, 0.3] },
]) {
  browserTest(`follows a click anywhere on ${what}`, async (stage) => {
    const lido = await stage.serve(stage.folder({ sub: { inner: {} } }));
    const page = await stage.open(`${lido.url}/`, options);
    for (const place of places) {
      await page.goto(`${lido.url}/`);
      const { width, height } = await page.locator("tr.entry").boundingBox();
      await page.locator("tr.entry").click({ position: { x: width * place, y: height / 2 } });
      await page.waitForURL(`${lido.url}/sub/`);
    }
  });
}

browserTest("has nothing but the name in a link, and the address right before it", async (stage) => {
  const lido = await stage.serve(stage.folder({ "a:b & c.txt": "x", "photo.png": "x", "Ünder": {} }));
  for (const query of ["", "?view=list", "?view=grid"]) { // a view that was asked for goes on in folders
    const page = await stage.open(`${lido.url}/${query}`, NO_SCRIPT);
    const links = await page.$$eval(".entry a", (all) => all.map((link) => [link.outerHTML.match(/<a href="([^"]*)"/)?.[1], link.innerHTML]));
    assert.deepEqual(links, [[`%C3%9Cnder/${query}`, "Ünder/"], ["a%3Ab%20%26%20c.txt", "a:b &amp; c.txt"], ["photo.png", "photo.png"]]);
  }
});

browserTest("has the path as a way back", async (stage) => {
  const lido = await stage.serve(stage.folder({ one: { "two & a half": { three: { "end.txt": "x" } } } }));
  const page = await stage.open(`${lido.url}/one/two%20&%20a%20half/three/`);
  assert.equal(await page.title(), "/one/two & a half/three/");
  assert.equal(await page.locator("h1").count(), 1);
  const here = page.locator('nav[aria-label="Path"] [aria-current="page"]');
  assert.equal(await here.innerText(), "three");

  const crumbs = page.locator('nav[aria-label="Path"] a');
  assert.deepEqual(await crumbs.evaluateAll((links) => links.map((link) => link.getAttribute("href"))), ["../../../", "../../", "../"]);
  await crumbs.nth(2).click();
  await page.waitForURL(`${lido.url}/one/two%20&%20a%20half/`);
  await page.getByRole("link", { name: "Top folder" }).click();
  await page.waitForURL(`${lido.url}/`);
  assert.equal(await page.locator(".up").count(), 0, "there is no way up from the root");
  await page.getByRole("link", { name: "one" }).click();
  await page.locator(".up a").click();
  await page.waitForURL(`${lido.url}/`);
});

browserTest("shows a README as text, whatever is in it", async (stage) => {
  const readme = '# Title\n\n<script>alert("read me")</script>\n<img src=x onerror=alert(1)> &amp; "quoted"\n</pre><h1>no</h1>\n';
  const lido = await stage.serve(stage.folder({ "README.md": readme, "a.txt": "x", sub: { "readme.TXT": "sub\r\nlines\n" } }));
  const page = await stage.open(`${lido.url}/`);
  assert.equal(await page.locator("#readme h2").innerText(), "README.md");
  assert.equal(await page.locator("#readme pre").evaluate((pre) => pre.textContent), readme);
  assert.equal(await page.locator("#readme pre *").count(), 0);
  assert.ok((await namesOn(page)).includes("README.md"));

  await page.goto(`${lido.url}/sub/`);
  assert.equal(await page.locator("#readme h2").innerText(), "readme.TXT");
  assert.equal(await page.locator("#readme pre").evaluate((pre) => pre.textContent), "sub\nlines\n");
  await page.goto(`${lido.url}/?limit=1&offset=1`);
  assert.equal(await page.locator("#readme").count(), 0, "only the first page has it");
});

browserTest("shows the beginning of a long README, and the way to the rest", async (stage) => {
  const readme = "all work and no play\n".repeat(60_000);
  const lido = await stage.serve(stage.folder({ "README.txt": readme }));
  const page = await stage.open(`${lido.url}/`);
  const shown = await page.locator("#readme pre").evaluate((pre) => pre.textContent);
  assert.ok(shown.length >= 1000 && shown.length < readme.length, `${shown.length} characters`);
  assert.ok(readme.startsWith(shown));
  await page.locator("#readme a").click();
  await page.waitForURL(`${lido.url}/README.txt`);
});

browserTest("says that an empty folder is empty", async (stage) => {
  const lido = await stage.serve(stage.folder({ sub: {} }));
  const page = await stage.open(`${lido.url}/sub/`);
  assert.match(await page.locator("#empty").innerText(), /empty/);
  assert.deepEqual(await namesOn(page), []);
});

browserTest("shows long names whole", async (stage) => {
  const name = `${"x".repeat(120)} ${"Donaudampfschifffahrt".repeat(4)}.txt`;
  const lido = await stage.serve(stage.folder({ [name]: "x" }));
  const page = await stage.open(`${lido.url}/`, SMALL_PHONE);
  const label = page.locator(".label", { hasText: "xxx" });
  assert.equal(await label.innerText(), name);
  const hidden = await label.evaluate((element) => {
    const link = element.closest("td, li");
    const range = document.createRange();
    range.selectNodeContents(element);
    const { right, bottom } = range.getBoundingClientRect();
    const cell = link.getBoundingClientRect();
    return right > cell.right + 1 || bottom > cell.bottom + 1 || right > innerWidth;
  });
  assert.equal(hidden, false, "the name is cut short");
});
