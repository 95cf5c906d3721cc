// SPDX-License-Identifier: Apache-2.0
// A view's own style sheet, loaded with the view.

const loaded = new Map();

/** Loads a style sheet once; resolves when it is in force. `loadStyles(new URL("./x.css", import.meta.url))`. */
export function loadStyles(url) {
  const address = url.href;
  if (!loaded.has(address)) {
    loaded.set(address, new Promise((done) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.addEventListener("load", done);
      link.addEventListener("error", done);
      document.head.append(link);
    }));
  }
  return loaded.get(address);
}
