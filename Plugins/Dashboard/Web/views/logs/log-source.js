// SPDX-License-Identifier: Apache-2.0
// Log lines of the host by pages: both ways from any line, with the filter of the reader.

import { call } from "../../core/api.js";

/** How many lines come at once. */
export const pageLines = 400;

/**
 * Lines that fit a filter.
 *
 * @param {{run?: string, session?: string, levels?: string[], phase?: string, since?: number, until?: number, query?: string, highlight?: boolean}} filter
 * @returns {{before(id: number|null): Promise<Page>, after(id: number, limit?: number): Promise<Page>, bounds(): Promise<{first: number, last: number}|null>}}
 *   a Page is `{lines, isEnd}`, the oldest line first; `isEnd`: there is no further line that way
 */
export function logSource(filter) {
  const ask = (input, signal) => call("runs.logs", { ...filter, ...input }, { signal });
  return {
    filter,
    async before(id, limit = pageLines) {
      const { logs, next } = await ask({ order: "newest", limit, ...(id === null ? {} : { before: id }) });
      return { lines: logs.reverse(), isEnd: next === null };
    },
    async after(id, limit = pageLines) {
      const { logs, next } = await ask({ order: "oldest", limit, after: id });
      return { lines: logs, isEnd: next === null };
    },
    async bounds() {
      const [{ logs: [first] }, { logs: [last] }] = await Promise.all([
        ask({ limit: 1, highlight: false }), ask({ limit: 1, order: "newest", highlight: false }),
      ]);
      return first ? { first: first.id, last: last.id, from: first.ts, to: last.ts } : null;
    },
    /** The nearest line with these words, after or before a line; null when there is none. */
    async find(words, id, isBack) {
      const place = isBack ? { order: "newest", ...(id === null ? {} : { before: id }) } : { order: "oldest", after: id ?? 0 };
      const { logs } = await ask({ query: words, limit: 1, ...place });
      return logs[0] ?? null;
    },
    async *all(most) {
      for (let after = 0, count = 0; count < most;) {
        const { logs, next } = await ask({ order: "oldest", limit: Math.min(10_000, most - count), highlight: false, after });
        yield logs;
        count += logs.length;
        if (next === null) return;
        after = next;
      }
    },
  };
}
