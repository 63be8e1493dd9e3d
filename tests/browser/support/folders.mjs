// SPDX-License-Identifier: MIT
// Folders on disk for the tests to serve.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as passing } from "node:timers/promises";

// A file with content and a time of its own, for fillFolder(). `modified` is a Date.
export function file(content, modified) {
  return { content, modified };
}

function isFile(node) {
  return typeof node === "string" || Buffer.isBuffer(node) || "content" in node;
}

// Make what the tree says: strings, buffers and file() are files, other objects folders.
export function fillFolder(folder, tree) {
  for (const [name, node] of Object.entries(tree)) {
    const place = path.join(folder, name);
    if (!isFile(node)) {
      mkdirSync(place);
      fillFolder(place, node);
      continue;
    }
    const { content, modified } = typeof node === "string" || Buffer.isBuffer(node) ? { content: node } : node;
    writeFileSync(place, content);
    if (modified) {
      utimesSync(place, modified, modified);
    }
  }
}

// Join bytes of names: path.join() would take them for text.
export function joinBytes(folder, name) {
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), Buffer.from(name)]);
}

// All that is beneath a folder, in the order of its bytes: [["dir/name" in hex, content or null for a folder], ...].
// In hex, as names need not be text.
export function readTree(folder, prefix = Buffer.alloc(0)) {
  const entries = readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  return entries
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .flatMap((entry) => {
      const inside = Buffer.concat([prefix, entry.name]);
      const place = joinBytes(folder, entry.name);
      return entry.isDirectory()
        ? [[inside.toString("hex"), null], ...readTree(place, Buffer.concat([inside, Buffer.from("/")]))]
        : [[inside.toString("hex"), readFileSync(place)]];
    });
}

// Unpack an archive (bytes) into a new folder `place`.
export function unpackTar(archive, place) {
  mkdirSync(place);
  execFileSync("tar", ["-x", "-f", "-", "-C", place], {
    input: archive,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    stdio: ["pipe", "ignore", "ignore"], // GNU tar says that it does not know hdrcharset
  });
}

const YOUNG_MS = 100;

// Files that have been changed just now have no strong entity tag, as another change might go unnoticed. What a test wants
// to resume must be older: that is not waiting for somebody, time itself is the condition.
export async function outgrowYouth(file) {
  await passing(Math.max(0, statSync(file).ctimeMs + YOUNG_MS - Date.now()));
}
