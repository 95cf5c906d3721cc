// SPDX-License-Identifier: Apache-2.0
// Which files have results, or a kernel.

import { call } from "../../core/api.js";

const most = 1000;

/**
 * Files with results or a kernel, those of the latest runs first.
 *
 * @returns {Promise<{document: string, kernel?: string, results: number, last: number, running: boolean}[]>}
 */
export async function documents() {
  const [{ sessions }, { results, total }] = await Promise.all([call("session.list"), call("results.list", { limit: most })]);
  const places = new Map();
  const place = (document) => places.get(document) ?? places.set(document, { document, results: 0, last: 0, running: false }).get(document);
  for (const { document, kernel } of sessions) place(document).kernel = kernel;
  for (const result of results) {
    if (!result.document) continue;
    const one = place(result.document);
    one.results += 1;
    one.last = Math.max(one.last, result.ended ?? result.started ?? result.queued ?? 0);
    one.running ||= result.state === "running";
  }
  const list = [...places.values()].sort((a, b) => b.last - a.last);
  list.isPart = total > results.length;
  return list;
}

/** A path's last part, and the folder above. */
export function nameOf(path) {
  const parts = path.split("/");
  const name = parts.pop();
  return { name: name || path, folder: parts.join("/") || "/" };
}
