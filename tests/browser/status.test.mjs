// SPDX-License-Identifier: MIT
// The status page: right everywhere, whole without a script, and with one up to date without a flicker.
import assert from "node:assert/strict";
import { checkAccessible, checkFits, checkValid, takeScreenshot } from "./support/checks.mjs";
import { get } from "./support/http.mjs";
import { browserTest, DARK, DESKTOP, LIGHT, NO_SCRIPT, PHONE, SMALL_PHONE } from "./support/stage.mjs";

const screens = [["desktop", DESKTOP], ["phone", PHONE], ["small-phone", SMALL_PHONE]];
const schemes = [["light", LIGHT], ["dark", DARK]];
const files = { "index.html": "<title>a</title>", "a rather long name of a file that was slow.txt": "a" };

async function ask(lido, count) {
  for (let i = 0; i < count; i++) {
    await get(`${lido.url}/${i % 4 ? "" : `missing%20${i}`}`).catch(() => {});
  }
}

// With few workers as lanes, and with many as cells.
for (const threads of [4, 300]) {
  browserTest(`is right everywhere, with ${threads} workers`, async (stage) => {
    const lido = await stage.serve(stage.folder(files), "--threads", `${threads}`);
    await ask(lido, 20);
    await checkValid(`${lido.url}/.lido/`);
    for (const [screen, screenOptions] of screens) {
      for (const [scheme, schemeOptions] of schemes) {
        const what = `status-${threads}-${screen}-${scheme}`;
        const page = await stage.open(`${lido.url}/.lido/`, screenOptions, schemeOptions);
        await takeScreenshot(page, what);
        await checkFits(page, what);
        await checkAccessible(page, what);
        await page.context().close();
      }
    }
  });
}

browserTest("is whole without a script", async (stage) => {
  const lido = await stage.serve(stage.folder(files), "--threads", "3");
  await ask(lido, 8);
  const page = await stage.open(`${lido.url}/.lido/`, NO_SCRIPT);
  const titles = await page.locator("h2").allTextContents();
  assert.deepEqual(titles, ["Advice", "The door", "The queue", "The lane", "The waiting room", "The workers", "How it was",
    "The slowest requests of late", "The same for programs"]);
  assert.equal(await page.locator(".lanes li").count(), 3);
  assert.equal(await page.locator("button").count(), 0, "nothing that would do nothing");
  assert.equal(await page.locator(".plot").count(), 10);
});

browserTest("shows five minutes or a day", async (stage) => {
  const lido = await stage.serve(stage.folder(files));
  const page = await stage.open(`${lido.url}/.lido/`, NO_SCRIPT);
  const plot = page.locator(".plot").first();
  assert.ok(await plot.locator(".minutes").isVisible());
  assert.ok(!(await plot.locator(".day").isVisible()));
  await page.getByLabel("a day").check();
  assert.ok(!(await plot.locator(".minutes").isVisible()));
  assert.ok(await plot.locator(".day").isVisible());
});

// What is on the page stays the same elements, whatever changes in them.
browserTest("follows the server and leaves alone what has not changed", async (stage) => {
  const lido = await stage.serve(stage.folder(files), "--threads", "4");
  const page = await stage.open(`${lido.url}/.lido/`);
  await page.getByLabel("a day").check();
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.evaluate(() => {
    // But for the sentence in place of slow requests: one of those that are sent may take a millisecond.
    window.before = [...document.querySelectorAll("header *, main *")].filter((e) => !/^None took/.test(e.textContent));
    window.touched = new Set();
    new MutationObserver((list) => list.forEach(({ target }) => window.touched.add(target)))
      .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await ask(lido, 40);
  await page.waitForFunction(() => Number(/([\d.]+) requests a second/.exec(document.body.innerText)?.[1]) >= 1);
  const seen = await page.evaluate(() => ({
    gone: window.before.filter((element) => !element.isConnected).map((element) => element.outerHTML),
    headings: [...window.touched].filter((node) => node.parentElement?.closest("h1, h2, .what")).length,
    focused: document.activeElement.textContent,
    isDay: document.getElementById("day").checked,
  }));
  assert.deepEqual(seen, { gone: [], headings: 0, focused: "Pause", isDay: true });
});

browserTest("rests while it is paused", async (stage) => {
  const lido = await stage.serve(stage.folder(files));
  const page = await stage.open(`${lido.url}/.lido/`);
  let asked = 0;
  page.on("request", () => asked++);
  await page.waitForRequest("**/.lido/");
  await page.getByRole("button", { name: "Pause" }).click();
  assert.match(await page.getByRole("status").innerText(), /^Paused\./);
  const clock = await page.locator("time").innerText();
  const before = asked;
  await ask(lido, 30);
  await page.waitForTimeout(2500);
  assert.ok(asked <= before + 1, "one may have been under way");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForFunction((old) => document.querySelector("time").textContent !== old, clock);
});

browserTest("stays paused when an answer comes that was asked for before", async (stage) => {
  const lido = await stage.serve(stage.folder(files));
  const page = await stage.open(`${lido.url}/.lido/`);
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route("**/.lido/", async (route) => {
    await released;
    await route.continue();
  });
  const answer = page.waitForResponse("**/.lido/");
  await page.waitForRequest("**/.lido/");
  await page.getByRole("button", { name: "Pause" }).click();
  const clock = await page.locator("time").innerText();
  release();
  await (await answer).finished();
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 100); }));
  assert.match(await page.getByRole("status").innerText(), /^Paused\./);
  assert.equal(await page.locator("time").innerText(), clock, "what was seen when it was paused");
});

browserTest("says when the server does not answer", async (stage) => {
  stage.announce(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
  const lido = await stage.serve(stage.folder(files));
  const page = await stage.open(`${lido.url}/.lido/`);
  await lido.stop();
  await page.getByText("what you see is old").waitFor();
  assert.ok(await page.locator(".lanes li").count() > 0, "the last picture is still there");
});
