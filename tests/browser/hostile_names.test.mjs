// SPDX-License-Identifier: MIT
// A folder of names made to hurt: shown without harm, and each link leads to the right file, in whatever form.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fillWithHostileNames, hiddenNames } from "./hostile_names.mjs";
import { readTree, unpackTar } from "./support/folders.mjs";
import { get } from "./support/http.mjs";
import { ENTRY, referencesOn } from "./support/listing.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const CLICKS = 20;

// The folder is /hurt/ on a server; files are what is to be found there.
async function serveHostile(stage) {
  const folder = stage.folder({ hurt: {} });
  const files = fillWithHostileNames(path.join(folder, "hurt"));
  assert.ok(files.length >= 200, `only ${files.length} names`);
  const lido = await stage.serve(folder, "-s", "default_type=text/plain");
  return { files, url: `${lido.url}/hurt/` };
}

// The bytes of the name that a reference stands for.
function nameOf(reference) {
  assert.match(reference, /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/, "a reference with other than URL characters");
  return Buffer.from(reference.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

const inHex = (names) => names.map((name) => name.toString("hex")).sort();

// Each reference leads to the file whose name it stands for, and all files are there.
async function checkReferences(url, references, files) {
  assert.deepEqual(inHex(references.map(nameOf)), inHex(files.map(({ name }) => name)));
  const contents = new Map(files.map(({ name, content }) => [name.toString("hex"), content]));
  for (const reference of references) {
    const { status, body } = await get(new URL(reference, url).href);
    assert.equal(status, 200, reference);
    assert.deepEqual(body, contents.get(nameOf(reference).toString("hex")), reference);
  }
}

// As a page shows it: what HTML has no room for (control characters, what is no UTF-8, what is no character), and what
// turns the direction of writing, is U+FFFD, here one for however many of them.
function legible(text) {
  return text.replace(/[\p{Cc}\p{Noncharacter_Code_Point}\p{Bidi_Control}\ufffd]+/gu, "\ufffd");
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", NO_SCRIPT]]) {
  browserTest(`do no harm in a page, ${how}, and every link is right`, async (stage) => {
    const { files, url } = await serveHostile(stage);
    const page = await stage.open(url, options);
    const references = await referencesOn(page);
    await checkReferences(url, references, files);

    const labels = await page.$$eval(ENTRY, (entries) => entries.map((entry) => entry.querySelector("bdi > a").textContent));
    assert.deepEqual(labels.map(legible), references.map((reference) => legible(decoder.decode(nameOf(reference)))));
    const strange = "main script, img, base, iframe, [onerror], [onload], [onmouseover], [onfocus]";
    assert.equal(await page.locator(strange).count(), 0, "names became elements");
  });
}

browserTest("lead to their files by real clicks", async (stage) => {
  const { files, url } = await serveHostile(stage);
  const contents = new Map(files.map(({ name, content }) => [name.toString("hex"), content]));
  const page = await stage.open(url);
  for (let click = 0; click < CLICKS; click += 1) {
    await page.goto(url);
    const link = page.locator(`${ENTRY} >> a`).nth(Math.floor((click * files.length) / CLICKS));
    const reference = await link.getAttribute("href");
    const saved = page.waitForEvent("download").then(async (download) => readFileSync(await download.path()));
    const shown = page.waitForResponse((response) => response.request().isNavigationRequest()).then((response) => response.body());
    await link.click();
    assert.deepEqual(await Promise.any([saved, shown]), contents.get(nameOf(reference).toString("hex")), reference);
  }
});

browserTest("are all in the JSON, with exact references", async (stage) => {
  const { files, url } = await serveHostile(stage);
  const { headers, body } = await get(`${url}?format=json`);
  assert.equal(headers["content-type"], "application/json");
  const { entries, total } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  assert.equal(total, files.length);
  await checkReferences(url, entries.map(({ href }) => href), files);
  const names = entries.map(({ href }) => decoder.decode(nameOf(href)).replace(/\ufffd+/g, "\ufffd"));
  assert.deepEqual(entries.map(({ name }) => name.replace(/\ufffd+/g, "\ufffd")), names);
});

browserTest("are all in the text, one line each", async (stage) => {
  const { files, url } = await serveHostile(stage);
  const { body } = await get(`${url}?format=text`);
  assert.match(body.toString("latin1"), /^[\x21-\x7e\n]+\n$/);
  await checkReferences(url, body.toString("latin1").split("\n").slice(0, -1), files);
});

browserTest("come out of the archive as they were, in names and contents", async (stage) => {
  const { files, url } = await serveHostile(stage);
  const { status, body } = await get(`${url}?download=tar`);
  assert.equal(status, 200);
  const place = path.join(stage.folder(), "unpacked");
  unpackTar(body, place);
  const unpacked = readTree(path.join(place, "hurt"));
  const expected = files.map(({ name, content }) => [name.toString("hex"), content]).sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(unpacked.map(([name]) => name), expected.map(([name]) => name));
  assert.deepEqual(unpacked, expected);
});

browserTest("are sorted by the script as by the server", async (stage) => {
  const { url } = await serveHostile(stage);
  const page = await stage.open(url);
  for (const column of ["size", "size", "time", "time", "name", "name"]) {
    await page.click(`#sort-${column}`);
    const { search } = new URL(page.url());
    const { body } = await get(`${url}${search ? `${search}&` : "?"}format=text`);
    const fromServer = body.toString("latin1").split("\n").slice(0, -1);
    assert.deepEqual((await referencesOn(page)).map(nameOf), fromServer.map(nameOf), search || "by name");
  }
});

browserTest("stay out of sight where they begin with a dot", async (stage) => {
  const { url } = await serveHostile(stage);
  for (const name of hiddenNames()) {
    const encoded = [...name].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    assert.equal((await get(url + encoded)).status, 404, encoded);
  }
});

browserTest("do no harm as folders, on the way down and up", async (stage) => {
  const names = [`"><img src=x onerror=alert(1)>`, "a&amp;b <script>", "#?%2f", "java:script", " ", "line\nbreak", "\u202egnp"];
  const tree = names.reduceRight((inner, name) => ({ [name]: inner }), { "end.txt": "the end" });
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  let way = `${lido.url}/`;
  for (const name of names) {
    await page.locator(`${ENTRY} >> a`).click();
    way += `${encodeURIComponent(name)}/`;
    await page.waitForURL((url) => decodeURIComponent(url.href) === decodeURIComponent(way));
  }
  assert.equal(await page.title(), legible(`/${names.join("/")}/`));
  for (let left = names.length - 1; left >= 0; left -= 1) {
    await page.locator('nav[aria-label="Path"] a').last().click();
    await page.waitForURL((url) => url.pathname.split("/").length === left + 2);
  }
});
