// SPDX-License-Identifier: MIT
// For libraries.py: Node's fetch, which decompresses by itself and asks over many connections at once.
import { createHash } from "node:crypto";

const base = process.argv[2];
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const ask = async (path, options = {}) => {
    const answer = await fetch(base + path, { signal: AbortSignal.timeout(10_000), ...options });
    const body = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, body };
};
const tell = (name, answer) => console.log(name, answer.status, digest(answer.body));

const data = await ask("/data.bin");
tell("data", data);
tell("range", await ask("/data.bin", { headers: { Range: "bytes=1000-1999" } }));
const again = await ask("/data.bin", { headers: { "If-None-Match": data.headers.get("etag") } });
console.log("again", again.status);
const text = await ask("/page.txt");
tell("text", text);
tell("folder", await ask("/folder"));
tell("odd", await ask("/with blank/\u00fc.txt"));
console.log("missing", (await ask("/missing")).status);
console.log("post", (await ask("/data.bin", { method: "POST", body: "a=b" })).status);
const many = await Promise.all(Array.from({ length: 100 }, () => ask("/page.txt")));
console.log("many", many.filter((answer) => digest(answer.body) === digest(text.body)).length);
