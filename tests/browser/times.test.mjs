// SPDX-License-Identifier: MIT
// Times in a listing, and what a second visit costs.
import assert from "node:assert/strict";
import path from "node:path";
import { file, fillFolder } from "./support/folders.mjs";
import { get } from "./support/http.mjs";
import { namesOn } from "./support/listing.mjs";
import { projectFolder } from "./support/packages.mjs";
import { browserTest, NO_SCRIPT } from "./support/stage.mjs";

const HOUR_MS = 3_600_000;
const winter = new Date("2020-01-15T22:30:00Z");
const summer = new Date("2020-07-15T22:30:00Z");

async function timeOf(page, name) {
  const time = page.locator("tr.entry", { hasText: name }).locator("time");
  return { text: await time.innerText(), title: await time.getAttribute("title"), datetime: await time.getAttribute("datetime") };
}

const clocks = [
  { timezoneId: "Asia/Tokyo", winter: "2020-01-16 07:30", summer: "2020-07-16 07:30" },
  { timezoneId: "America/New_York", winter: "2020-01-15 17:30", summer: "2020-07-15 18:30" },
  { timezoneId: "Asia/Kathmandu", winter: "2020-01-16 04:15", summer: "2020-07-16 04:15" },
];

browserTest("are those of the reader's own clock", async (stage) => {
  const lido = await stage.serve(stage.folder({ "winter.txt": file("w", winter), "summer.txt": file("s", summer) }));
  for (const { timezoneId, ...expected } of clocks) {
    const page = await stage.open(`${lido.url}/`, { timezoneId });
    for (const season of ["winter", "summer"]) {
      const { text, title, datetime } = await timeOf(page, season);
      assert.ok([text, title].includes(expected[season]), `${season} in ${timezoneId}: ${text}, ${title}`);
      assert.equal(datetime, (season === "winter" ? winter : summer).toISOString().replace(".000", ""));
    }
  }
});

browserTest("are UTC without JavaScript, and the page says so", async (stage) => {
  const lido = await stage.serve(stage.folder({ "winter.txt": file("w", winter) }));
  const page = await stage.open(`${lido.url}/`, NO_SCRIPT, { timezoneId: "Asia/Tokyo" });
  assert.equal((await timeOf(page, "winter")).text, "2020-01-15 22:30");
  assert.match(await page.locator("thead").innerText(), /UTC/);
});

browserTest("are told relatively, too", async (stage) => {
  const ago = (ms) => file("x", new Date(Date.now() - ms));
  const tree = { now: ago(0), hours: ago(3.5 * HOUR_MS), days: ago(50 * HOUR_MS), years: ago(24 * 366 * 2 * HOUR_MS) };
  const lido = await stage.serve(stage.folder(tree));
  const page = await stage.open(`${lido.url}/`);
  for (const [name, relative] of [["now", "just now"], ["hours", "3 hours ago"], ["days", "2 days ago"], ["years", "2 years ago"]]) {
    const { text, title } = await timeOf(page, name);
    assert.ok([text, title].includes(relative), `${name}: ${text}, ${title}`);
  }
});

browserTest("do not make equal folders differ", async (stage) => {
  const folder = stage.folder({ "winter.txt": file("w", winter), sub: {} });
  const one = await get(`${(await stage.serve(folder)).url}/`);
  const other = await get(`${(await stage.serve(folder)).url}/`);
  assert.ok(one.body.equals(other.body));
  assert.equal(one.headers.etag, other.headers.etag);
});

for (const form of ["", "?format=json", "?format=text"]) {
  browserTest(`costs no body when nothing has changed${form && `, as ${form}`}`, async (stage) => {
    const folder = stage.folder({ "winter.txt": file("w", winter) });
    const lido = await stage.serve(folder);
    const { headers } = await get(`${lido.url}/${form}`);
    const again = await get(`${lido.url}/${form}`, { "If-None-Match": headers.etag });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    fillFolder(folder, { "new.txt": "new" });
    assert.equal((await get(`${lido.url}/${form}`, { "If-None-Match": headers.etag })).status, 200);
  });
}

// Chromium believes an HTTP/1.0 server's Last-Modified, not its ETag. A folder that has just been made has no such date
// yet, so that this test takes one that is older.
browserTest("lets the browser revisit with its own copy", async (stage) => {
  const lido = await stage.serve(path.join(projectFolder, "www"));
  const page = await stage.open(`${lido.url}/browse/`);
  const names = await namesOn(page);
  await page.goto(`${lido.url}/browse/pictures/`);
  const revisit = page.waitForRequest(`${lido.url}/browse/`);
  await page.goto(`${lido.url}/browse/`);
  const { "if-modified-since": date, "if-none-match": tag } = await (await revisit).allHeaders();
  assert.ok(date ?? tag, "the browser did not ask whether its copy is still good");
  await lido.line(/"GET \/browse\/ HTTP[^"]*" 304 /);
  assert.deepEqual(await namesOn(page), names);
});

browserTest("lets the browser see at once what has changed", async (stage) => {
  const folder = stage.folder({ sub: { "winter.txt": file("w", winter) } });
  const lido = await stage.serve(folder);
  const page = await stage.open(`${lido.url}/sub/`);
  for (const name of ["one.txt", "two.txt", "three.txt"]) {
    fillFolder(path.join(folder, "sub"), { [name]: name });
    await page.goto(`${lido.url}/`);
    await page.goto(`${lido.url}/sub/`);
    assert.ok((await namesOn(page)).includes(name), name);
  }
});
