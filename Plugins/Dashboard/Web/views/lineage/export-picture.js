// SPDX-License-Identifier: Apache-2.0
// The picture as a file: SVG as it is, or PNG.

import { svg } from "../../core/dom.js";

const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "paint-order", "opacity", "font-size", "font-weight",
  "font-family", "text-anchor"];
const MARGIN = 24;

/** All of the content as a picture that needs no style sheet. */
export function wholePicture(content, bounds) {
  const clone = content.cloneNode(true);
  const originals = content.querySelectorAll("*");
  clone.querySelectorAll("*").forEach((element, index) => {
    const style = getComputedStyle(originals[index]);
    for (const name of kept) {
      const value = style.getPropertyValue(name);
      if (value) element.setAttribute(name, value);
    }
    for (const name of ["tabindex", "role", "class", "aria-label", "aria-level", "aria-selected",
        "data-run"]) element.removeAttribute(name);
  });
  clone.removeAttribute("transform");
  const [width, height] = [bounds.width + 2 * MARGIN, bounds.height + 2 * MARGIN];
  const box = { x: bounds.x - MARGIN, y: bounds.y - MARGIN, width, height };
  return svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `${box.x} ${box.y} ${width} ${height}` },
    svg("rect", { ...box, fill: getComputedStyle(document.body).backgroundColor }), clone);
}

/** Saves a picture under a name ending in .svg or .png. */
export async function savePicture(picture, name) {
  const file = new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
  save(name.endsWith(".png") ? await drawn(file, picture) : file, name);
}

async function drawn(file, picture) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
    const scale = Math.min(2, 16_000 / Math.max(width, height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function save(file, name) {
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
