// SPDX-License-Identifier: MIT
// Requests without a browser: the URL goes out byte by byte as it is given, and nothing is kept or followed.
import http from "node:http";

function send(url, headers, method) {
  const [, hostname, port, target] = /^http:\/\/([^/:]+):(\d+)(\/[^#]*)/.exec(url);
  return http.request({ hostname, port, path: target, method, headers, agent: false });
}

// { status, headers, body } of the whole answer.
export function get(url, headers = {}, method = "GET") {
  return new Promise((resolve, reject) => {
    const request = send(url, headers, method);
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.end();
  });
}

// The same, but drop the connection when there are that many bytes of the body, or more.
export function getSome(url, headers, bytes) {
  return new Promise((resolve, reject) => {
    const request = send(url, headers, "GET");
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      let size = 0;
      response.on("error", reject);
      response.on("end", () => reject(new Error(`the answer ended after ${size} bytes`)));
      response.on("data", (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= bytes) {
          response.removeAllListeners();
          response.on("error", () => {});
          request.removeAllListeners("error").on("error", () => {});
          request.destroy();
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
        }
      });
    });
    request.end();
  });
}
