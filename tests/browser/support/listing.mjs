// SPDX-License-Identifier: MIT
// A listing as the tests see it: in the page, and from the server without one.
import { get } from "./http.mjs";

export const ENTRY = "#list tr.entry:not([hidden]), #grid li.entry:not([hidden])";

// The names that are to be seen, in their order: the texts of the links, without the slash behind that of a folder.
export function namesOn(page) {
  return page.$$eval(ENTRY, (entries) => entries.map((entry) => entry.querySelector("a").textContent.replace(/\/$/, "")));
}

// Where the entries lead, as it is written in the page.
export function referencesOn(page) {
  return page.$$eval(ENTRY, (entries) => entries.map((entry) => entry.querySelector("a").getAttribute("href")));
}

// The names that the server gives for this query ("?sort=size&order=desc" or ""), folders with a slash.
export async function namesFromServer(url, query = "") {
  const { status, body } = await get(`${url}${query ? `${query}&` : "?"}format=text`);
  if (status !== 200) {
    throw new Error(`${status} for the listing of ${url}${query}`);
  }
  return body.toString("latin1").split("\n").slice(0, -1).map((line) => decodeURIComponent(line));
}

// Everything that the page asks for from now on.
export function listenForRequests(page) {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  return requests;
}
