// SPDX-License-Identifier: MIT
// What a listing gains where scripts run: times of the reader's own clock, a filter and an order without a request where
// all rows are here, and the keyboard. Without it everything is had by links and forms.
"use strict";
{
  const main = document.querySelector("main");
  const list = document.querySelector("#list tbody, #grid");
  const isGrid = list.id === "grid";
  const entries = [...list.querySelectorAll(".entry")];
  const box = document.getElementById("filter");
  const totals = document.getElementById("totals");
  const linkOf = (entry) => entry.querySelector("a");
  const nameOf = (entry) => linkOf(entry).textContent.replace(/\/$/, "");
  const named = (id) => document.getElementById(id);

  // Times.

  const relative = new Intl.RelativeTimeFormat("en");
  const units = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const two = (number) => String(number).padStart(2, "0");

  const localTime = (date) =>
    `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}`;

  const timeAgo = (date) => {
    const seconds = (date - Date.now()) / 1000;
    const unit = units.find(([, length]) => Math.abs(seconds) >= length);
    return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : "just now";
  };

  for (const time of list.querySelectorAll("time")) {
    const date = new Date(time.dateTime);
    time.textContent = localTime(date);
    time.title = timeAgo(date);
  }
  list.addEventListener("pointerover", ({ target }) => {
    if (target.dateTime) target.title = timeAgo(new Date(target.dateTime));
  });

  // The order: the server's. Folders come first; then the column, the name in natural order, and its bytes.

  const columns = ["name", "size", "time"];
  const order = (a, b) => (a > b) - (a < b);

  // The name's bytes, a character each, as only the link has them whatever the name's encoding; in the key a number has
  // the count of its digits in front, so that comparing texts compares values.
  const rowOf = (entry) => {
    const encoded = linkOf(entry).getAttribute("href").replace(/\/?(\?.*)?$/, "");
    const bytes = encoded.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    const key = bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/[0-9]+/g, (number) => {
      const digits = number.replace(/^0+/, "");
      return "0" + String.fromCharCode(256 + digits.length) + digits;
    });
    const [seconds, fraction = ""] = entry.dataset.time.split(".");
    return { entry, bytes, key, isFile: !entry.classList.contains("folder"), size: +entry.dataset.size,
      seconds: +seconds, fraction };
  };
  const compareBy = {
    name: () => 0,
    size: (a, b) => a.size - b.size,
    time: (a, b) => a.seconds - b.seconds || order(a.fraction, b.fraction),
  };

  let rows;
  const sort = (column, isDescending) => {
    rows ??= entries.map(rowOf);
    const sign = isDescending ? -1 : 1;
    rows.sort((a, b) => a.isFile - b.isFile ||
      sign * (compareBy[column](a, b) || order(a.key, b.key) || order(a.bytes, b.bytes)));
    rows.forEach((row, index) => { entries[index] = row.entry; });
    list.append(...entries);
  };

  const setOrder = (form, column, isDescending) => {
    for (const field of form.querySelectorAll("[name=sort], [name=order]")) field.remove();
    const fields = [];
    if (column !== "name") fields.push(["sort", column]);
    if (isDescending) fields.push(["order", "desc"]);
    form.prepend(...fields.map(([name, value]) =>
      Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  };

  // What a second click on a column asks for, and what the buttons of the views keep.
  const showOrder = (column, isDescending) => {
    for (const name of columns) {
      const button = named("sort-" + name);
      const word = isDescending ? "descending" : "ascending";
      setOrder(button.form, name, name === column ? !isDescending : name !== "name");
      button.removeAttribute("data-order");
      button.removeAttribute("aria-current");
      button.closest("th")?.removeAttribute("aria-sort");
      if (name !== column) continue;
      button.dataset.order = word;
      if (isGrid) button.setAttribute("aria-current", "true");
      button.closest("th")?.setAttribute("aria-sort", word);
    }
    for (const form of document.querySelectorAll(".views form")) setOrder(form, column, isDescending);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[id^=sort-]");
    if (!button || !("all" in main.dataset) || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(button.form));
    const column = query.get("sort") ?? "name";
    history.replaceState(null, "", String(query) && `?${query}` || location.pathname);
    sort(column, query.get("order") === "desc");
    showOrder(column, query.get("order") === "desc");
  });

  // The filter. At once where the whole folder is here; else, and without scripts, the form asks the server.

  const isWhole = "all" in main.dataset && !box.defaultValue && entries.length > 0;
  const matches = document.createElement("p");
  const nothing = document.createElement("p");
  matches.setAttribute("role", "status");
  totals.after(matches);
  nothing.id = "empty";
  nothing.textContent = "No name here has this in it.";
  const fold = (text) => text.normalize().toLowerCase();

  const filter = () => {
    const wanted = fold(box.value);
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = !fold(nameOf(entry)).includes(wanted);
      shown += !entry.hidden;
    }
    totals.hidden = wanted !== "";
    matches.textContent = wanted && `${shown.toLocaleString("en")} of ${entries.length.toLocaleString("en")} shown`;
    if (shown) nothing.remove();
    else (list.closest("table") ?? list).after(nothing);
  };

  // As the form would, but with the order that has been chosen meanwhile.
  const askServer = () => {
    clearTimeout(pause);
    const query = new URLSearchParams(location.search);
    query.delete("offset");
    query.delete("filter");
    if (box.value) query.set("filter", box.value);
    location.search = query;
  };

  // Whoever types goes on typing in the page that comes.
  const PAUSE_MS = 700;
  let pause;
  const askAfterPause = () => {
    clearTimeout(pause);
    matches.textContent = box.value === box.defaultValue ? "" : "Looking through all pages\u2026";
    pause = setTimeout(() => {
      if (box.value === box.defaultValue) return;
      window.name = "typing";
      askServer();
    }, PAUSE_MS);
  };
  const goOnTyping = () => {
    if (window.name !== "typing") return;
    window.name = "";
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  };

  if (isWhole) {
    box.addEventListener("input", filter);
    addEventListener("pageshow", filter);
  } else {
    box.addEventListener("input", (event) => event.isComposing || askAfterPause());
    box.addEventListener("compositionend", askAfterPause);
    goOnTyping();
  }
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isWhole) moveTo(0);
    else askServer();
  });

  const clearFilter = () => {
    const wasEmpty = box.value === "";
    box.value = "";
    if (isWhole) filter();
    if (wasEmpty) box.blur();
    else if (box.defaultValue) askServer();
  };

  // The whole row is the link, but for what somebody marks in it.

  list.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!row || event.target.closest("a") || getSelection().type === "Range") return;
    linkOf(row).dispatchEvent(new MouseEvent("click", event));
  });

  // The keyboard.

  const shownEntries = () => entries.filter((entry) => !entry.hidden);

  const moveTo = (index) => {
    const shown = shownEntries();
    const entry = shown[Math.max(0, Math.min(index, shown.length - 1))];
    if (entry) linkOf(entry).focus();
  };

  const goUp = () => list.querySelector(".up a")?.click();

  // How many tiles stand in a line.
  const lineLength = () => {
    const shown = shownEntries();
    const next = isGrid ? shown.findIndex((entry) => entry.offsetTop > shown[0].offsetTop) : 1;
    return next === -1 ? shown.length : next;
  };

  // By key: given the place of the focus among the shown entries (-1: elsewhere).
  const keys = {
    ArrowDown: (at) => moveTo(at < 0 ? 0 : at + lineLength()),
    ArrowUp: (at) => moveTo(at - lineLength()),
    j: (at) => moveTo(at + 1),
    k: (at) => moveTo(at - 1),
    Home: () => moveTo(0),
    End: () => moveTo(Infinity),
    ArrowLeft: (at) => (isGrid && at > 0 ? moveTo(at - 1) : goUp()),
    ArrowRight: (at) => isGrid && moveTo(at + 1),
    Backspace: goUp,
    Escape: clearFilter,
    "/": () => box.select(),
  };
  const keysInBox = { ArrowDown: () => moveTo(0), Escape: clearFilter };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.shiftKey && event.key !== "/") return;
    const act = (event.target === box ? keysInBox : keys)[event.key];
    if (!act) return;
    event.preventDefault();
    act(shownEntries().indexOf(document.activeElement?.closest(".entry")));
  });
}
