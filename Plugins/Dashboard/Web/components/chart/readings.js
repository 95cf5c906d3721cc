// SPDX-License-Identifier: Apache-2.0
// The numbers beside a picture: at the cursor, the last, the best, and as a sentence.

/** Texts for the legend of a card, by run: `{main, more}`. */
export function valuesOf(card, lines, cursor) {
  const { format, better } = card.info;
  return new Map(
    lines.map((line) => {
      const { id, data } = line;
      if (cursor === null) {
        const best = card.best(line);
        return [
          id,
          {
            main: line.isAlone ? "" : data.last === null ? "–" : format(data.last),
            more: better && best !== null ? `best ${format(best)}` : "",
          },
        ];
      }
      const index = data.indexAt(cursor);
      if (index < 0 || !Number.isFinite(data.mid[index])) return [id, { main: index < 0 ? "–" : "not a number", more: "" }];
      const isOne = data.lo[index] === data.hi[index];
      const smooth = data.smooth ? ` · smoothed ${format(data.smooth[index])}` : "";
      return [
        id,
        {
          main: format(data.mid[index]),
          more: isOne ? smooth.slice(3) : `${format(data.lo[index])} to ${format(data.hi[index])}${smooth}`,
        },
      ];
    }),
  );
}

/** The run whose line is within 14 pixels of a place, null without. */
export function nearest(card, x, y) {
  if (card.runs.length < 2) return null;
  let [found, least] = [null, 14];
  for (const { id, data } of card.lines()) {
    const index = data.indexAt(card.chart.xAt(x));
    if (index < 0) continue;
    const distance = Math.abs(card.chart.toY((data.smooth ?? data.mid)[index]) - y);
    if (distance < least) [found, least] = [id, distance];
  }
  return found;
}

/** One sentence for who does not see the picture. */
export function describe({ name, info, feed, group }, lines) {
  if (!lines.length) return `${name}: no values yet.`;
  const [from, to] = group.seen();
  const parts = lines.slice(0, 5).map((line) => {
    const extent = line.data.extent();
    const last = line.data.last === null ? "nothing" : info.format(line.data.last);
    const gaps = line.data.gaps.length ? `, ${line.data.gaps.length} values that are no numbers` : "";
    return `${line.name}: last ${last}${extent ? `, from ${info.format(extent[0])} to ${info.format(extent[1])}` : ""}${gaps}`;
  });
  const rest = lines.length > 5 ? `; and ${lines.length - 5} more` : "";
  return `${name}, ${feed.axis.say(from)} to ${feed.axis.say(to)}. ${parts.join("; ")}${rest}.`;
}
