// SPDX-License-Identifier: Apache-2.0
// Where the reader is. Everything a view shows can be told from the address: path and query.

const listeners = new Set();
const base = new URL(document.baseURI).pathname;

/** The path below the base, with a leading slash, in decoded pieces, and the query. */
export function current() {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname.slice(1);
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(location.search) };
}

/** The address of a place: `href(["runs", id], {tab: "logs"})`. Empty and null values are left out. */
export function href(parts, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  const text = search.toString();
  return base + parts.map(encoded).join("/") + (text ? `?${text}` : "");
}

// A slash inside a name would part it, for every server on the way; it is written twice over.
const encoded = (part) => encodeURIComponent(String(part).replace(/[%/]/g, encodeURIComponent));
const decoded = (text) => decodeURIComponent(text).replace(/%25|%2F/g, decodeURIComponent);

/** Goes to a place; `replace` leaves no step back. */
export function go(parts, query = {}, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", href(parts, query));
  tell();
}

/** Changes parts of the query and stays: null takes one away. By default without a step back. */
export function setQuery(changes, { push = false } = {}) {
  const { parts, query } = current();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  go(parts, Object.fromEntries(query), { replace: !push });
}

/** Hears every change of place. */
export function watchRoute(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of listeners) listener(current());
}

addEventListener("popstate", tell);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !link.pathname.startsWith(base)) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  tell();
});
