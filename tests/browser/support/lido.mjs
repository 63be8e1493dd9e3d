// SPDX-License-Identifier: MIT
// The real program on a free port, with nothing of this machine's settings.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { program } from "./packages.mjs";

function environment() {
  const kept = Object.entries(process.env).filter(([name]) => name !== "PORT" && !name.startsWith("LIDO_"));
  const stay = process.geteuid() === 0 ? [["LIDO_USER", "root"]] : []; // else it refuses to start
  return Object.fromEntries([...kept, ...stay]);
}

export class Lido {
  #child;
  #lines = [];
  #waiting = new Set();
  #ended;

  // Start it on a folder, with options of its command line.
  constructor(folder, options = []) {
    const address = ["--port", "0", "--bind", "127.0.0.1"];
    this.#child = spawn(program, [...address, ...options, "--", folder], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#ended = once(this.#child, "close");
    this.#ended.then(() => this.#giveUp(), (error) => this.#giveUp(error));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface(stream).on("line", (line) => this.#hear(line));
    }
  }

  // Wait until it listens; from then on `url` is its address, without a final slash.
  async ready() {
    [, this.url] = await this.line(/listening on .*(http:\/\/127\.0\.0\.1:\d+)\//);
  }

  #hear(line) {
    this.#lines.push(line);
    for (const one of this.#waiting) {
      const match = one.pattern.exec(line);
      if (match) {
        this.#waiting.delete(one);
        one.resolve(match);
      }
    }
  }

  #giveUp(error) {
    for (const { pattern, reject } of this.#waiting) {
      reject(error ?? new Error(`lido ended without a line like ${pattern}:\n${this.#lines.join("\n")}`));
    }
    this.#waiting.clear();
  }

  // Wait for a line of its output, or of its log of requests; one that was there before counts, too.
  line(pattern) {
    const earlier = this.#lines.find((line) => pattern.test(line));
    return earlier !== undefined
      ? Promise.resolve(pattern.exec(earlier))
      : new Promise((resolve, reject) => this.#waiting.add({ pattern, resolve, reject }));
  }

  // End it as its owner would. It must have been alive, and must end well.
  async stop() {
    this.#child.kill("SIGTERM");
    const [code, signal] = await this.#ended;
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, `lido ended badly:\n${this.#lines.join("\n")}`);
  }
}
