// SPDX-License-Identifier: MIT
// Every kind of page on every kind of screen: accessible, valid, no wider than the screen; and pictures of them for people
// to look at, in build/browser/screenshots/.
import assert from "node:assert/strict";
import path from "node:path";
import { fillWithHostileNames } from "./hostile_names.mjs";
import { checkAccessible, checkFits, checkValid, takeScreenshot } from "./support/checks.mjs";
import { file } from "./support/folders.mjs";
import { projectFolder } from "./support/packages.mjs";
import { pngOf } from "./support/png.mjs";
import { browserTest, DARK, DESKTOP, LIGHT, PHONE, SMALL_PHONE } from "./support/stage.mjs";

const screens = [["desktop", DESKTOP], ["phone", PHONE], ["small-phone", SMALL_PHONE]];
const schemes = [["light", LIGHT], ["dark", DARK]];
const FINGER_PIXELS = 44;

function day(number) {
  return new Date(Date.UTC(2024, 4, number, 9, 30));
}

const listing = {
  "Holiday plans": {},
  "Invoices 2023": {},
  "part 2": {},
  "part 10": {},
  "README.md": file("# The boat house\n\nThe keys are with Anna. Everything in **here** may be shared.\n", day(1)),
  "budget.xlsx": file(Buffer.alloc(48_200), day(2)),
  "crossing-the-lake-at-night-in-two-very-small-boats-without-a-light.final.corrected.v2.docx": file(Buffer.alloc(123_456), day(3)),
  "film.mp4": file(Buffer.alloc(3_400_000), day(4)),
  "index of songs.csv": file("a,b\n", day(5)),
  "photo.jpg": file(Buffer.alloc(812_345), day(6)),
  "Größe & Maße.txt": file("x", day(7)),
  "server.log": file(Buffer.alloc(1_020), day(8)),
  "sketch.svg": file("<svg xmlns='http://www.w3.org/2000/svg'/>", day(9)),
  "song.ogg": file(Buffer.alloc(2_400_000), day(10)),
  "tools.tar.gz": file(Buffer.alloc(98_000), day(11)),
  "main.c": file("int main(void) {}\n", day(12)),
  "プール.txt": file("pool", day(13)),
  "עברית.txt": file("x", day(14)),
};

const colours = [[10, 113, 135], [196, 92, 60], [64, 120, 70], [120, 80, 150], [200, 150, 40], [40, 60, 110]];
const grid = Object.fromEntries(
  Array.from({ length: 24 }, (_, index) => [`IMG_${index + 1}.png`, pngOf(index % 3 ? 120 : 80, 90, colours[index % colours.length])]),
);
const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`file ${index + 1}.txt`, `${index}`]));

// In the folder that siteFolder() makes; screenshots of some.
const pages = [
  { name: "listing", target: "/listing/", shot: true },
  { name: "root", target: "/" },
  { name: "grid", target: "/grid/", shot: true },
  { name: "listing-as-grid", target: "/listing/?view=grid" },
  { name: "hostile-names", target: "/hurt/", shot: true },
  { name: "hostile-names-as-grid", target: "/hurt/?view=grid" },
  { name: "sorted", target: "/listing/?sort=time&order=desc" },
  { name: "one-page-of-many", target: "/many/?limit=20&offset=20" },
  { name: "filtered", target: "/listing/?filter=o" },
  { name: "nothing-found", target: "/listing/?filter=%3Cnothing%3E" },
  { name: "empty-folder", target: "/empty/" },
  { name: "deep-folder", target: `/deep/${"a rather long name of a folder/".repeat(6)}` },
  { name: "error", target: "/listing/nothing.txt", status: 404, shot: true },
];

function siteFolder(stage) {
  const deep = Array.from({ length: 6 }).reduce((inner) => ({ "a rather long name of a folder": inner }), { "end.txt": "end" });
  const folder = stage.folder({ listing, grid, many, deep, empty: {}, hurt: {} });
  fillWithHostileNames(path.join(folder, "hurt"));
  return folder;
}

async function look(stage, url, { name, status, shot }) {
  stage.announce(status ? new RegExp(`status (of )?${status}\\b`) : /^$/);
  await checkValid(url, name);
  for (const [screen, screenOptions] of screens) {
    for (const [scheme, schemeOptions] of schemes) {
      const what = `${name} on a ${screen}, ${scheme}`;
      const page = await stage.open(url, screenOptions, schemeOptions);
      if (shot && screen !== "small-phone") {
        await takeScreenshot(page, `${name}-${screen}-${scheme}`);
      }
      await checkFits(page, what);
      await checkAccessible(page, what);
      await page.context().close();
    }
  }
}

for (const page of pages) {
  browserTest(`are right everywhere: ${page.name}`, async (stage) => {
    const lido = await stage.serve(siteFolder(stage));
    await look(stage, lido.url + encodeURI(decodeURI(page.target)), page);
  });
}

browserTest("are right everywhere: the demo site", async (stage) => {
  const lido = await stage.serve(path.join(projectFolder, "www"));
  await look(stage, `${lido.url}/`, { name: "demo-site", shot: true });
  await look(stage, `${lido.url}/browse/`, { name: "demo-browse" });
});

// In the page: how high a row is, and at which points of a grid on it one does not hit its link.
function hitRow(row) {
  const { left, top, width, height } = row.getBoundingClientRect();
  const parts = [0.1, 0.5, 0.9];
  const points = parts.flatMap((across) => parts.map((down) => [left + across * width, top + down * height]));
  const link = row.querySelector("a");
  return { height, misses: points.filter(([x, y]) => document.elementFromPoint(x, y)?.closest("a") !== link) };
}

browserTest("have rows that a finger can hit, on a phone", async (stage) => {
  const lido = await stage.serve(siteFolder(stage));
  for (const screen of [PHONE, SMALL_PHONE]) {
    const page = await stage.open(`${lido.url}/listing/`, screen);
    const rows = page.locator("#list tr.entry, #list tr.up");
    assert.equal(await rows.count(), Object.keys(listing).length + 1);
    for (const row of await rows.all()) {
      await row.scrollIntoViewIfNeeded();
      const { height, misses } = await row.evaluate(hitRow);
      assert.ok(height >= FINGER_PIXELS, `${await row.innerText()} is ${height} pixels high`);
      assert.deepEqual(misses, [], `where a finger misses ${await row.innerText()}`);
    }
    const controls = page.locator("#view-list, #view-grid, #download, #download-zip, #filter");
    for (const control of await controls.all()) {
      const { width, height } = await control.boundingBox();
      assert.ok(width >= 24 && height >= 24, "smaller than WCAG 2.2, 2.5.8 allows");
    }
  }
});

// How light a colour is, 0 to 255, of "rgb(1, 2, 3)".
function lightness(colour) {
  const [red, green, blue] = colour.match(/\d+/g).map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

for (const target of ["/listing/", "/grid/", "/listing/nothing.txt"]) {
  browserTest(`are dark where the system is, and light where it is: ${target}`, async (stage) => {
    stage.announce(target.endsWith("nothing.txt") ? /status (of )?404\b/ : /^$/);
    const lido = await stage.serve(siteFolder(stage));
    const colours = async (scheme) => {
      const page = await stage.open(lido.url + target, scheme);
      return page.evaluate(() => {
        const own = [document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor);
        return { paper: own.find((colour) => !/, 0\)$/.test(colour)), ink: getComputedStyle(document.body).color };
      });
    };
    const light = await colours(LIGHT);
    const dark = await colours(DARK);
    assert.ok(lightness(light.paper) > 200 && lightness(light.ink) < 80, JSON.stringify(light));
    assert.ok(lightness(dark.paper) < 60 && lightness(dark.ink) > 180, JSON.stringify(dark));
  });
}

// In the page: how far the ring around what has the focus reaches beyond the box around it.
function ringBeyond(box) {
  const style = getComputedStyle(document.activeElement);
  const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
  const [ring, around] = [document.activeElement, document.querySelector(box)].map((one) => one.getBoundingClientRect());
  return Math.max(around.top - ring.top, ring.right - around.right, around.left - ring.left) + reach;
}

browserTest("have room below the last row, and rings of focus within the list", async (stage) => {
  const lido = await stage.serve(siteFolder(stage));
  for (const screen of [DESKTOP, PHONE]) {
    const page = await stage.open(`${lido.url}/many/`, screen);
    const room = await page.evaluate(() => document.documentElement.scrollHeight - scrollY - document.querySelector("#list").getBoundingClientRect().bottom);
    assert.ok(room >= 16, `${room} pixels below the last row`);
    for (const column of ["name", "size", "time"]) {
      await page.locator(`#sort-${column}`).focus();
      await page.keyboard.press("Shift"); // a focus that the keyboard has moved shows its ring
      const beyond = await page.evaluate(ringBeyond, "#list");
      assert.ok(beyond <= 0, `the ring of ${column} sticks out by ${beyond} pixels`);
    }
  }
});
