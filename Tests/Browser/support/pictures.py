# SPDX-License-Identifier: Apache-2.0
"""Small pictures of pages: PNG with a palette of 256 colours, chosen by the browser itself."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

#: The commonest colour of each region of colours first, so that a small red dot keeps its red; then the commonest of all.
_QUANTIZE = """async (address) => {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const parts = (color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255];
  const common = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const regions = new Map();
  for (const color of common) {
    const region = parts(color).map((part) => part >> 4).join();
    if (!regions.has(region)) regions.set(region, color);
  }
  const palette = [...new Set([...[...regions.values()].slice(0, 160), ...common])].slice(0, 256);
  const known = new Map(palette.map((color, place) => [color, place]));
  const nearest = (color) => {
    const [r, g, b] = parts(color);
    let best = 0, least = Infinity;
    palette.forEach((other, place) => {
      const [x, y, z] = parts(other), distance = 2 * (r - x) ** 2 + 4 * (g - y) ** 2 + 3 * (b - z) ** 2;
      if (distance < least) [best, least] = [place, distance];
    });
    return best;
  };
  for (const color of common) if (!known.has(color)) known.set(color, nearest(color));
  const places = Uint8Array.from(pixels, (pixel) => known.get(pixel));
  let text = "";
  for (let at = 0; at < places.length; at += 32768) text += String.fromCharCode(...places.subarray(at, at + 32768));
  return { width: bitmap.width, height: bitmap.height, palette: palette.map(parts), places: btoa(text) };
}"""


def save(picture: bytes, path: Path, workshop: Page) -> int:
    """Writes a PNG small; `workshop` is any page without a policy. Returns its bytes."""
    found = workshop.evaluate(_QUANTIZE, "data:image/png;base64," + base64.b64encode(picture).decode())
    width, height, places = found["width"], found["height"], base64.b64decode(found["places"])
    lines = b"".join(b"\0" + places[row * width : (row + 1) * width] for row in range(height))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for color in found["palette"] for part in color)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    ]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks)
    path.write_bytes(data)
    return len(data)
