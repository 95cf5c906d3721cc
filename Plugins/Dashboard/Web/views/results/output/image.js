// SPDX-License-Identifier: Apache-2.0
// Pictures of outputs. SVG is drawn as a picture too: there its scripts do not run and nothing is loaded.

import { h } from "../../../core/dom.js";
import { plainText } from "./safe-text.js";

/** Types of pictures that are drawn here. */
export const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/svg+xml"]);

/**
 * A picture of an output.
 *
 * @param {string} mime one of `pictures`
 * @param {string|string[]} data base64; for SVG its text
 * @param {{width?: number, height?: number, alt?: string}} [about] the output's metadata for the type
 */
export function picture(mime, data, about = {}) {
  const text = Array.isArray(data) ? data.join("") : String(data);
  const address = addressOf(mime, text);
  if (!address) return h("p.problem", `This picture cannot be drawn: what was sent as ${mime} is not readable.`);
  const image = h(
    "img.out-image",
    {
      src: address, alt: plainText(about?.alt || `Picture of the output (${mime})`), width: size(about?.width), height: size(about?.height),
      decoding: "async",
    },
  );
  const box = h("div.out-picture", image);
  image.addEventListener("load", () => URL.revokeObjectURL(address));
  image.addEventListener("error", () => {
    URL.revokeObjectURL(address);
    box.replaceChildren(h("p.problem", `This picture cannot be drawn: the browser does not understand what was sent as ${mime}.`));
  });
  return box;
}

function addressOf(mime, text) {
  try {
    const content = mime === "image/svg+xml" ? withSize(text) : Uint8Array.from(
      atob(text.replace(/\s+/g, "")), (character) => character.charCodeAt(0),
    );
    return URL.createObjectURL(new Blob([content], { type: mime }));
  } catch {
    return null;
  }
}

/** A picture needs the name space, which SVG inside of HTML may leave out. */
function withSize(text) {
  return /xmlns\s*=/.test(text) ? text : text.replace(/<svg(?=[\s>])/, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
}

function size(value) {
  return Number.isFinite(value) && value > 0 ? Math.min(4096, Math.round(value)) : null;
}
