// SPDX-License-Identifier: MIT
// A folder as one archive: by a click, interrupted and resumed, and never wrong.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { outgrowYouth, readTree, unpackTar } from "./support/folders.mjs";
import { get, getSome } from "./support/http.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const MIB = 1024 * 1024;

function album() {
  return {
    "notes & más.txt": "notes",
    empty: {},
    "nothing.txt": "",
    days: { "one.bin": randomBytes(3 * MIB), "two.bin": randomBytes(MIB + 1), deeper: { "three.bin": randomBytes(511) } },
  };
}

// An album at /album/, all of it old enough to have a strong entity tag.
async function serveAlbum(stage, ...options) {
  const folder = stage.folder({ album: album() });
  await outgrowYouth(path.join(folder, "album/days/deeper/three.bin"));
  await outgrowYouth(path.join(folder, "album"));
  const lido = await stage.serve(folder, ...options);
  return { album: path.join(folder, "album"), url: `${lido.url}/album/` };
}

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", NO_SCRIPT]]) {
  browserTest(`comes whole by a click, ${how}`, async (stage) => {
    const { album, url } = await serveAlbum(stage);
    const page = await stage.open(url, options);
    const started = page.waitForEvent("download");
    await page.click("#download");
    const download = await started;
    assert.equal(download.suggestedFilename(), "album.tar");
    const place = path.join(stage.folder(), "unpacked");
    unpackTar(readFileSync(await download.path()), place);
    assert.deepEqual(readTree(path.join(place, "album")), readTree(album));
    assert.equal(page.url(), url, "the page stays");
  });
}

browserTest("comes as a zip by a click beside", async (stage) => {
  const { url } = await serveAlbum(stage);
  const page = await stage.open(url);
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download zip" }).click();
  const download = await started;
  assert.equal(download.suggestedFilename(), "album.zip");
  const { headers, body } = await get(`${url}?download=zip`);
  assert.equal(headers["content-type"], "application/zip");
  assert.ok(readFileSync(await download.path()).equals(body));
  assert.equal(page.url(), url, "the page stays");
});

browserTest("has its length, a lasting tag and a type before the first byte", async (stage) => {
  const { url } = await serveAlbum(stage);
  const head = await get(`${url}?download=tar`, {}, "HEAD");
  const whole = await get(`${url}?download=tar`);
  assert.equal(head.status, 200);
  assert.equal(head.headers["content-length"], String(whole.body.length));
  assert.equal(head.headers["content-type"], "application/x-tar");
  assert.match(head.headers["content-disposition"], /^attachment; filename="album\.tar"/);
  assert.equal(head.headers["accept-ranges"], "bytes");
  assert.match(head.headers.etag, /^"[^"]+"$/, "a strong tag");
  assert.equal(whole.headers.etag, head.headers.etag);
  assert.equal((await get(`${url}?download=tar`, { "If-None-Match": head.headers.etag })).status, 304);
});

browserTest("resumes after each interruption, and is the same in the end", async (stage) => {
  const { album, url } = await serveAlbum(stage);
  const target = `${url}?download=tar`;
  const whole = (await get(target)).body;
  const first = await getSome(target, {}, 100_000);
  const tag = first.headers.etag;
  const parts = [first.body];
  let size = first.body.length;
  for (const more of [MIB, MIB]) {
    const part = await getSome(target, { Range: `bytes=${size}-`, "If-Range": tag }, more);
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], `bytes ${size}-${whole.length - 1}/${whole.length}`);
    assert.equal(part.headers.etag, tag);
    parts.push(part.body);
    size += part.body.length;
  }
  const rest = await get(target, { Range: `bytes=${size}-`, "If-Range": tag });
  assert.equal(rest.status, 206);
  const joined = Buffer.concat([...parts, rest.body]);
  assert.ok(joined.equals(whole), "the parts do not make the whole");
  const place = path.join(stage.folder(), "unpacked");
  unpackTar(joined, place);
  assert.deepEqual(readTree(path.join(place, "album")), readTree(album));
});

browserTest("begins anew when something in it has changed", async (stage) => {
  const { album, url } = await serveAlbum(stage);
  const { headers } = await get(`${url}?download=tar`, {}, "HEAD");
  appendFileSync(path.join(album, "days/deeper/three.bin"), "more");
  const again = await get(`${url}?download=tar`, { Range: "bytes=1000-", "If-Range": headers.etag });
  assert.equal(again.status, 200);
  assert.notEqual(again.headers.etag, headers.etag);
});

browserTest("breaks off rather than be wrong when something changes on the way", async (stage) => {
  const folder = stage.folder({ album: { "a.bin": randomBytes(24 * MIB), "b.txt": "b" } });
  await outgrowYouth(path.join(folder, "album/b.txt"));
  const lido = await stage.serve(folder);
  const request = http.get(`${lido.url}/album/?download=tar`, { agent: false });
  const [response] = await once(request, "response");
  let size = 0;
  response.on("data", (chunk) => {
    if (size === 0) {
      appendFileSync(path.join(folder, "album/b.txt"), "changed"); // the server still has most of a.bin to send
    }
    size += chunk.length;
  });
  const outcome = await once(response, "end").then(() => "complete", ({ code }) => code);
  assert.equal(outcome, "ECONNRESET");
  assert.ok(size < Number(response.headers["content-length"]), "it is not complete");
});

browserTest("has in it nothing that is hidden", async (stage) => {
  const lido = await stage.serve(stage.folder({ album: { ".secret": "s", ".git": { config: "c" }, "seen.txt": "seen" } }));
  const { body } = await get(`${lido.url}/album/?download=tar`);
  const place = path.join(stage.folder(), "unpacked");
  unpackTar(body, place);
  assert.deepEqual(readTree(place).map(([name]) => Buffer.from(name, "hex").toString()), ["album", "album/seen.txt"]);
});

browserTest("is not offered where it is switched off", async (stage) => {
  const { url } = await serveAlbum(stage, "-s", "folder_download=off");
  const page = await stage.open(url);
  assert.equal(await page.getByRole("button", { name: /Download/ }).count(), 0);
});
