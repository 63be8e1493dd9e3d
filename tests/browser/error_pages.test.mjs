// SPDX-License-Identifier: MIT
// The pages for what cannot be served.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { checkValid } from "./support/checks.mjs";
import { get } from "./support/http.mjs";
import { program } from "./support/packages.mjs";
import { browserTest } from "./support/stage.mjs";

const tree = { sub: { "here.txt": "here" }, ".secret": "secret" };

// Open a page that the browser is going to complain of: of this status, and of nothing else.
async function openError(stage, url, status) {
  stage.announce(new RegExp(`status ${status}: ${url.replace(/[^\w]/g, "\\$&")}$`));
  stage.announce(new RegExp(`^console: Failed to load resource: .* status of ${status} `));
  return stage.open(url);
}

const refusals = [
  { what: "what is missing", target: "/sub/nothing.txt", status: 404, heading: "404 Not Found" },
  { what: "a missing folder", target: "/nothing/", status: 404, heading: "404 Not Found" },
  { what: "a hidden file", target: "/.secret", status: 404, heading: "404 Not Found" },
  { what: "a listing that is switched off", target: "/sub/", status: 403, heading: "403 Forbidden", options: ["-s", "listing=off"] },
  { what: "a download that is switched off", target: "/sub/?download=tar", status: 403, heading: "403 Forbidden", options: ["-s", "folder_download=off"] },
  { what: "a target that is malformed", target: "/%zz", status: 400, heading: "400 Bad Request" },
  { what: "an order that does not exist", target: "/?sort=colour", status: 400, heading: "400 Bad Request" },
];

for (const { what, target, status, heading, options = [] } of refusals) {
  browserTest(`says ${status} to ${what}, to people and to programs`, async (stage) => {
    const lido = await stage.serve(stage.folder(tree), ...options);
    const page = await openError(stage, lido.url + target, status);
    assert.equal(await page.locator("h1").innerText(), heading);
    assert.match(await page.title(), new RegExp(`^${heading}`));
    const sentence = await page.locator("main p").first().innerText();
    assert.match(sentence, /^[A-Z].*\.$/, "one sentence");
    await checkValid(lido.url + target);

    const { status: jsonStatus, headers, body } = await get(lido.url + target, { Accept: "application/json" });
    assert.equal(jsonStatus, status);
    assert.equal(headers["content-type"], "application/problem+json");
    const problem = { status, title: heading.slice(4), detail: sentence };
    assert.deepEqual(JSON.parse(body), status === 404 ? { ...problem, instance: target } : problem);
  });
}

browserTest("shows the way up, from a file and from a folder that are missing", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const page = await openError(stage, `${lido.url}/sub/nothing.txt`, 404);
  await page.click("#up");
  await page.waitForURL(`${lido.url}/sub/`);
  await page.getByText("here.txt").waitFor();

  const deep = await openError(stage, `${lido.url}/sub/no/such/folder/`, 404);
  assert.equal(await deep.locator("#path").innerText(), "/sub/no/such/folder/");
  assert.equal(await deep.locator("#up").innerText(), "Go to the folder /sub/");
  await deep.click("#up");
  await deep.waitForURL(`${lido.url}/sub/`);

  const other = await openError(stage, `${lido.url}/nothing/`, 404);
  await other.click("#up");
  await other.waitForURL(`${lido.url}/`);
});

browserTest("tells nothing of the disk or the version, unless its owner wants the version told", async (stage) => {
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).match(/^Lido (\d[\w.-]*)/)[1];
  const folder = stage.folder(tree);
  const told = async (...options) => {
    const lido = await stage.serve(folder, ...options);
    const { headers, body } = await get(`${lido.url}/sub/whisper.txt`);
    return `${JSON.stringify(headers)}\n${body.toString("utf8")}`;
  };
  const silent = await told();
  for (const secret of [version, folder]) {
    assert.ok(!silent.includes(secret), `it tells ${secret}`);
  }
  assert.equal((await told("-s", "server_header=on")).split(version).length - 1, 2, "in the field Server, and on the page");
});

browserTest("runs nothing that the request brings along", async (stage) => {
  const lido = await stage.serve(stage.folder(tree));
  const target = `${lido.url}/%22%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(1)%3E`;
  const page = await openError(stage, target, 404);
  assert.equal(await page.locator("script").count(), 0);
  assert.equal(await page.locator("img").count(), 0);
});
