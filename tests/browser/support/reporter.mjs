// SPDX-License-Identifier: MIT
// One line a test, all about those that fail, and at the end how many there were. For `node --test --test-reporter`.
import path from "node:path";

function reason(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause).replaceAll(/^/gm, "    ");
}

export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of source) {
    // A file without tests passes under its own name: that is no test.
    const isFile = path.isAbsolute(data?.name ?? "");
    if (type === "test:pass" && !isFile) {
      passed += 1;
      yield `ok      ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === "test:fail") {
      failed += 1;
      yield `FAILED  ${data.name}\n${reason(data.details.error)}\n`;
    } else if (type === "test:stderr" || type === "test:stdout") {
      yield data.message;
    }
  }
  yield `${passed} browser tests passed, ${failed} failed\n`;
}
