// SPDX-License-Identifier: Apache-2.0
// What both renderers put on the picture beside axes and lines: holes, and marks of what was done.

/** The colours of the page as they are now; a canvas cannot use variables. */
export function palette(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    text: of("--text"),
    quiet: of("--text-2"),
    line: of("--line"),
    strong: of("--line-strong"),
    surface: of("--surface"),
    accent: of("--accent"),
    warn: of("--warn"),
    bad: of("--bad"),
    info: of("--info"),
    good: of("--good"),
    font: style.fontFamily,
    series: Array.from({ length: 8 }, (_, index) => of(`--series-${index + 1}`)),
  };
}

/** Dashes tell series apart beyond the eighth colour, and for those who see none. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [12, 4, 2, 4, 2, 4]];

/** The dashes of the series at a place in the list. */
export const dashOf = (index) => DASHES[Math.floor(index / 8) % DASHES.length];

const MANY = 16;

/** How strong a line is drawn: the one that is looked at more, the others less. */
export function strengthOf(series, list) {
  const isAnyRaised = list.some(({ isRaised }) => isRaised);
  // Many lines are drawn as hairlines, which cost a fraction of wider ones.
  const width = list.length > MANY ? 1 : 1.5;
  return { width: series.isRaised ? 2.5 : width, alpha: isAnyRaised && !series.isRaised ? 0.25 : 1 };
}

/** Small crosses at the foot of the picture where a value was no number. */
export function paintGaps(context, state, box, toX) {
  context.lineWidth = 1.5;
  for (const { data, color } of state.series) {
    context.strokeStyle = color;
    context.beginPath();
    let before = -Infinity;
    for (const { x } of data.gaps) {
      const place = toX(x);
      if (place < box.left || place > box.left + box.width || place - before < 4) continue;
      before = place;
      const y = box.top + box.height - 5;
      context.moveTo(place - 3, y - 3);
      context.lineTo(place + 3, y + 3);
      context.moveTo(place - 3, y + 3);
      context.lineTo(place + 3, y - 3);
    }
    context.stroke();
  }
}

/** Dashed lines with a letter on top; marks that are too near share one that says how many. */
export function paintMarks(context, state, box, toX, colors) {
  context.font = `600 10px ${colors.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { place, marks } of grouped(state.marks, box, toX)) {
    const color = colors[marks[0].tone] ?? colors.quiet;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(place, box.top + 16);
    context.lineTo(place, box.top + box.height);
    context.stroke();
    context.setLineDash([]);
    const text = marks.length > 1 ? `${marks.length}` : marks[0].letter;
    const width = Math.max(14, context.measureText(text).width + 6);
    const middle = Math.max(box.left + width / 2, Math.min(box.left + box.width - width / 2, place));
    context.fillStyle = colors.surface;
    context.beginPath();
    context.roundRect(middle - width / 2, box.top + 1, width, 14, 3);
    context.fill();
    context.stroke();
    context.fillStyle = color;
    context.fillText(text, middle, box.top + 8.5);
  }
}

/** Marks that are seen, those nearer than a letter's width together. */
export function grouped(marks, box, toX) {
  const groups = [];
  for (const mark of [...marks].sort((a, b) => a.x - b.x)) {
    const place = toX(mark.x);
    if (!(place >= box.left - 1 && place <= box.left + box.width + 1)) continue;
    const before = groups[groups.length - 1];
    if (before && place - before.place < 15) before.marks.push(mark);
    else groups.push({ place, marks: [mark] });
  }
  return groups;
}
