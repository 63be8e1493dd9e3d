// SPDX-License-Identifier: MIT
// What a test in the browser stands on: folders, servers and pages that are put away when it ends, and an ear for
// everything that a page complains of. A complaint that the test did not announce fails it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fillFolder } from "./folders.mjs";
import { Lido } from "./lido.mjs";
import { chromium, findChromium } from "./packages.mjs";

const TEST_MS = 120_000;
const PATIENCE_MS = 20_000;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// How a page is looked at.
export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const SMALL_PHONE = { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true };
export const DARK = { colorScheme: "dark" };
export const LIGHT = { colorScheme: "light" };
export const NO_SCRIPT = { javaScriptEnabled: false };

// One browser for all tests of a file; each page is in a context of its own, which shares nothing with the others.
let browser;
after(async () => (await browser)?.close());

function theBrowser() {
  browser ??= chromium.launch({ executablePath: findChromium(), args: FLAGS });
  return browser;
}

class Stage {
  #folders = [];
  #servers = [];
  #contexts = [];
  #closers = [];
  #announced = [];
  complaints = [];

  // A new folder with this in it: { "a.txt": "content", sub: { ... } }.
  folder(tree = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), "lido-browser-"));
    this.#folders.push(folder);
    fillFolder(folder, tree);
    return folder;
  }

  // Lido at work on a folder; options as on its command line.
  async serve(folder, ...options) {
    const lido = new Lido(folder, options);
    this.#servers.push(lido);
    await lido.ready();
    return lido;
  }

  // Have something else closed at the end.
  onEnd(close) {
    this.#closers.push(close);
  }

  // A page in a new context with these options of the browser's, and a URL to begin with.
  async open(url, ...options) {
    const settings = Object.assign({ locale: "en-GB", timezoneId: "UTC", ...DESKTOP }, ...options);
    const context = await (await theBrowser()).newContext(settings);
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    this.#listenTo(page);
    await page.goto(url);
    return page;
  }

  // A violation of a Content-Security-Policy is an error on the console.
  #listenTo(page) {
    const complain = (what) => this.complaints.push(what);
    page.on("console", (message) => {
      // Browsers ask for this icon of a site on their own, and say so when there is none.
      const isIcon = message.location().url.endsWith("/favicon.ico");
      if (!isIcon && ["error", "warning", "assert"].includes(message.type())) {
        complain(`console: ${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => complain(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      complain(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on("requestfailed", (request) => {
      // Aborted is what the browser itself gives up: what turns out to be a download, what a page that is left still loads.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") {
        complain(`failed request: ${request.url()} ${request.failure()?.errorText}`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 400) {
        complain(`status ${response.status()}: ${response.url()}`);
      }
    });
  }

  // Say that complaints like this one belong to the test.
  announce(pattern) {
    this.#announced.push(pattern);
  }

  checkComplaints() {
    const surprising = this.complaints.filter((what) => !this.#announced.some((pattern) => pattern.test(what)));
    assert.deepEqual(surprising, [], "the page complained");
  }

  async clear() {
    await Promise.all(this.#contexts.map((context) => context.close()));
    for (const close of this.#closers) {
      await close();
    }
    try {
      await Promise.all(this.#servers.map((lido) => lido.stop()));
    } finally {
      this.#folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
    }
  }
}

const theme = path.basename(process.argv[1], ".test.mjs");

// A test: its name is a sentence, its body gets a stage.
export function browserTest(name, body) {
  test(`${theme}: ${name}`, { timeout: TEST_MS }, async (context) => {
    const stage = new Stage();
    context.after(() => stage.clear());
    await body(stage);
    stage.checkComplaints();
  });
}
