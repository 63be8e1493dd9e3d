// SPDX-License-Identifier: MIT
// The check sum of PNG chunks, which zlib of older Node.js does not show.
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  }
  return rest;
});

export function crc32(bytes) {
  const all = bytes.reduce((sum, byte) => table[(sum ^ byte) & 0xff] ^ (sum >>> 8), 0xffffffff);
  return (all ^ 0xffffffff) >>> 0;
}
