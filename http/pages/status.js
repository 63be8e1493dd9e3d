// SPDX-License-Identifier: MIT
// Keeps the status page at what is now: once a second the page is asked for again, and what is different in it is changed in
// place. So there is one place that draws, the server, and nothing flickers: what has not changed is not touched, and what
// is focused, selected or scrolled stays so. It rests while nobody looks, and while its reader wants it to.
"use strict";
{
  const PERIOD_MS = 1000;
  const live = document.getElementById("live");
  const words = document.createElement("span");
  const button = document.createElement("button");
  let paused = false;
  let seen = Date.now();
  let timer = 0;

  const follow = (from, to) => {
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.data !== to.data) from.data = to.data;
      return;
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name)) from.removeAttribute(name);
    }
    const old = [...from.childNodes];
    const wanted = [...to.childNodes];
    wanted.forEach((node, index) => {
      if (!old[index]) from.append(node);
      else if (old[index].nodeName !== node.nodeName) old[index].replaceWith(node);
      else follow(old[index], node);
    });
    old.slice(wanted.length).forEach((node) => node.remove());
  };

  // Told only when it changes: a screen reader would read it each second.
  const tell = (text) => {
    if (words.textContent !== text) words.textContent = text;
  };

  const update = async () => {
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(10 * PERIOD_MS) });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (paused) return;
      follow(document.getElementById("now"), page.getElementById("now"));
      follow(document.querySelector("main"), page.querySelector("main"));
      seen = Date.now();
      tell("Updated once a second.");
    } catch {
      if (paused) return;
      const silent = Math.round((Date.now() - seen) / 1000);
      tell(`No answer for ${silent < 60 ? "some seconds" : `${Math.floor(silent / 60)} min`}: what you see is old.`);
    }
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(update, PERIOD_MS);
  };

  button.type = "button";
  const toggle = () => {
    button.textContent = paused ? "Go on" : "Pause";
    if (paused) tell("Paused.");
  };
  button.addEventListener("click", () => {
    paused = !paused;
    toggle();
    schedule();
  });
  document.addEventListener("visibilitychange", schedule);
  live.append(words, " ", button);
  toggle();
  tell("Updated once a second.");
  schedule();
}
