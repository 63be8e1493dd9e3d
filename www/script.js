/* Asks for this page once more and shows who answered, how, and how fast. The page is complete without it. */
(() => {
  "use strict";

  const section = document.getElementById("answer");
  const summary = document.getElementById("answer-summary");
  const fields = document.getElementById("answer-fields");
  const again = document.getElementById("again");
  if (!section || !summary || !fields || !again || !window.fetch || !location.protocol.startsWith("http")) {
    return;
  }

  const shown = ["Server", "Date", "Content-Type", "Content-Length", "Last-Modified", "ETag", "Cache-Control"];

  function show(response, size, elapsed) {
    const server = response.headers.get("Server") || "a server that does not say its name";
    /* The browser's own record of the exchange knows the protocol, and its times are free of what this page was busy with. */
    const record = performance.getEntriesByName(response.url, "resource").pop();
    const duration = record && record.responseEnd > 0 ? record.responseEnd - record.startTime : elapsed;
    const time = duration < 10 ? duration.toFixed(1) : Math.round(duration);
    const protocol = record && record.nextHopProtocol ? ` over ${record.nextHopProtocol.toUpperCase()}` : "";
    summary.textContent =
      `Your browser has just asked for this page once more: ${size.toLocaleString("en")} bytes` +
      ` from ${server}${protocol} in ${time} ms.`;
    fields.replaceChildren();
    for (const name of shown) {
      const value = response.headers.get(name);
      if (value === null) {
        continue;
      }
      const row = document.createElement("div");
      row.append(document.createElement("dt"), document.createElement("dd"));
      row.firstChild.textContent = name;
      row.lastChild.textContent = value;
      fields.append(row);
    }
    section.hidden = false;
  }

  async function ask() {
    again.disabled = true;
    try {
      performance.clearResourceTimings();
      const start = performance.now();
      const response = await fetch(location.pathname, { cache: "no-store" });
      const body = await response.arrayBuffer();
      show(response, body.byteLength, performance.now() - start);
    } catch {
      summary.textContent = "No answer: is the server still running?";
      fields.textContent = "";
    }
    again.disabled = false;
  }

  again.addEventListener("click", ask);
  if (document.readyState === "complete") {
    ask();
  } else {
    window.addEventListener("load", ask);
  }
})();
