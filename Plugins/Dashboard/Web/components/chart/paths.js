// SPDX-License-Identifier: Apache-2.0
// Lines and bands as paths, with at most four places a pixel column: first, least, greatest, last. Both renderers draw these.

/**
 * The line through a column of values; holes interrupt it.
 *
 * @param {SeriesData} data
 * @param {"mid"|"smooth"} column
 * @param {{from: number, to: number, toX: (x: number) => number, toY: (value: number) => number}} frame what is seen, and where it lies in pixels
 */
export function linePath(data, column, { from, to, toX, toY }) {
  const path = new Path2D();
  const values = data[column];
  const [first, last] = data.span(from, to);
  const gather = gatherer(path);
  for (let index = first; index <= last; index += 1) {
    const y = toY(values[index]);
    if (Number.isFinite(y)) gather.add(toX(data.x[index]), y);
    else gather.lift();
  }
  gather.lift();
  return path;
}

/** The band between least and greatest value, as an outline that can be filled. */
export function bandPath(data, { from, to, toX, toY }) {
  const path = new Path2D();
  const [first, last] = data.span(from, to);
  let run = [];
  const close = () => {
    if (run.length) outline(path, run);
    run = [];
  };
  for (let index = first; index <= last; index += 1) {
    const [low, high] = [toY(data.lo[index]), toY(data.hi[index])];
    if (!Number.isFinite(high)) {
      close();
      continue;
    }
    const x = toX(data.x[index]);
    const before = run[run.length - 1];
    if (before && Math.abs(before.x - x) < 0.5) {
      before.top = Math.min(before.top, high);
      before.bottom = Math.max(before.bottom, Number.isFinite(low) ? low : high);
    } else {
      run.push({ x, top: high, bottom: Number.isFinite(low) ? low : high });
    }
  }
  close();
  return path;
}

function outline(path, run) {
  path.moveTo(run[0].x, run[0].top);
  for (const { x, top } of run) path.lineTo(x, top);
  for (let index = run.length - 1; index >= 0; index -= 1) path.lineTo(run[index].x, run[index].bottom);
  path.closePath();
}

/** Joins places that share a pixel column. */
function gatherer(path) {
  let column = null;
  let isDrawing = false;
  const put = (x, y) => {
    if (isDrawing) path.lineTo(x, y);
    else path.moveTo(x, y);
    isDrawing = true;
  };
  const flush = () => {
    if (!column) return;
    const { x, first, top, bottom, last, count } = column;
    put(x, first);
    if (count > 1) {
      if (top !== first && top !== last) put(x, top);
      if (bottom !== first && bottom !== last) put(x, bottom);
      put(x, last);
    } else {
      path.lineTo(x + 0.01, first);
    }
    column = null;
  };
  return {
    add(x, y) {
      if (column && Math.abs(x - column.x) < 0.5) {
        column.top = Math.min(column.top, y);
        column.bottom = Math.max(column.bottom, y);
        column.last = y;
        column.count += 1;
      } else {
        flush();
        column = { x, first: y, top: y, bottom: y, last: y, count: 1 };
      }
    },
    lift() {
      flush();
      isDrawing = false;
    },
  };
}
