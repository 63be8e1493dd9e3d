// SPDX-License-Identifier: MIT
// Where things are: ./dev browser installs the packages into build/browser/, so that the sources stay as git has them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../../../", import.meta.url));
const buildFolder = process.env.BROWSER_TESTS_BUILD ?? path.join(projectFolder, "build/browser");
export const program = process.env.BROWSER_TESTS_PROGRAM ?? path.join(projectFolder, "build/release/lido");
export const screenshotFolder = path.join(buildFolder, "screenshots");

const require = createRequire(path.join(buildFolder, "package.json"));
export const { chromium } = require("playwright-core");
export const parse5 = require("parse5");
export const { HtmlValidate } = require("html-validate");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export function findChromium() {
  return execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
}
