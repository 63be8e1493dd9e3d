// SPDX-License-Identifier: MIT
// A reverse proxy that puts a site behind a prefix, and knows nothing of what it passes on.
import { once } from "node:events";
import http from "node:http";

// Serve `target` (a URL without a final slash) behind /prefix. Gives { url, close }, the URL with the prefix.
export async function startProxy(target, prefix) {
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    if (!request.url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end("nothing is served outside of the prefix");
      return;
    }
    const path = request.url.slice(prefix.length);
    const onward = http.request({ hostname, port, path, method: request.method, headers: request.headers, agent: false });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${server.address().port}${prefix}`, close };
}
