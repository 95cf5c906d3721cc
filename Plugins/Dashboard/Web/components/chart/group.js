// SPDX-License-Identifier: Apache-2.0
// What the charts of a view share: the cursor, the part of the axis that is seen, the run that is looked at, the marks.

/** Makes a group; `rangeChanged(range|null)` hears when a reader zooms. */
export function chartGroup({ feed, rangeChanged }) {
  const cards = new Set();
  let asked = false;
  const group = {
    feed,
    cursor: null,
    highlighted: null,
    hidden: new Set(),
    marks: [],
    /** Joins a card: `{cursorMoved(), looksChanged(), rangeChanged(), marksChanged()}`. */
    join(card) {
      cards.add(card);
      return () => cards.delete(card);
    },
    /** Puts the cursor of all charts at a place, null takes it away. Told once a frame. */
    setCursor(x) {
      group.cursor = x;
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        for (const card of cards) card.cursorMoved();
      });
    },
    /** Raises the lines of a run above the others, null none. */
    highlight(run) {
      if (group.highlighted === run) return;
      group.highlighted = run;
      for (const card of cards) card.looksChanged();
    },
    /** Shows or hides the lines of a run. */
    toggle(run) {
      if (!group.hidden.delete(run)) group.hidden.add(run);
      for (const card of cards) card.looksChanged();
    },
    /** Shows a part of the axis in all charts, null for all. */
    setRange(range) {
      const all = feed.extent();
      const isAll = !range || (all && range[0] <= all[0] && range[1] >= all[1] && !feed.range);
      feed.setRange(isAll ? null : range);
      for (const card of cards) card.rangeChanged();
      rangeChanged?.(feed.range);
    },
    setMarks(marks) {
      group.marks = marks;
      for (const card of cards) card.marksChanged();
    },
    /** The part that is seen now. */
    seen: () => feed.range ?? feed.extent() ?? [0, 1],
    /** Moves what is seen by a share of its width. */
    pan(share) {
      const [from, to] = group.seen();
      group.setRange([from + (to - from) * share, to + (to - from) * share]);
    },
    /** Shows less (factor below 1) or more, around a place. */
    zoom(factor, around = null) {
      const [from, to] = group.seen();
      const middle = around ?? (from + to) / 2;
      const next = [middle - (middle - from) * factor, middle + (to - middle) * factor];
      const all = group.whole();
      if (all && next[0] <= all[0] && next[1] >= all[1]) group.setRange(null);
      else group.setRange(next);
    },
    /** All there is on the axis, as far as it was ever seen. */
    whole() {
      if (!feed.range) group.all = feed.extent();
      return group.all ?? null;
    },
  };
  return group;
}
