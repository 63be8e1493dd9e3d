// SPDX-License-Identifier: MIT
// Small pictures out of nothing (PNG, ISO/IEC 15948).
import { crc32 } from "./crc32.mjs";
import { deflateSync } from "node:zlib";

function chunk(type, data) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, check]);
}

// A picture of one colour, [red, green, blue], that gets lighter downwards.
export function pngOf(width, height, colour) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits of each colour, no palette, not interlaced
  const lines = Array.from({ length: height }, (_, y) => {
    const shade = colour.map((part) => Math.min(255, Math.round(part + (120 * y) / height)));
    return [0, ...Array.from({ length: width }, () => shade).flat()]; // each line begins with its filter: none
  });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.from(lines.flat()));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}
