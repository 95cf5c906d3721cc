// SPDX-License-Identifier: Apache-2.0
// The window onto a large picture: wheel at the cursor, dragging, pinching, double click, and keys.

const LEAST = 0.03;
const MOST = 4;
const READABLE = 0.75;
const MARGIN = 24;

/**
 * @param {SVGSVGElement} picture
 * @param {SVGGElement} content what is moved
 * @param {{changed?: (view: {x: number, y: number, scale: number}) => void}} [options]
 */
export function viewport(picture, content, { changed = () => {} } = {}) {
  const view = { x: 0, y: 0, scale: 1 };
  const pointers = new Map();
  let bounds = { x: 0, y: 0, width: 1, height: 1 };
  let isMoved = false;

  const size = () => ({ width: picture.clientWidth || 800, height: picture.clientHeight || 500 });

  function apply() {
    content.setAttribute("transform", `translate(${view.x.toFixed(2)} ${view.y.toFixed(2)}) scale(${view.scale.toFixed(4)})`);
    changed({ ...view });
  }

  function zoom(factor, spot = { x: size().width / 2, y: size().height / 2 }) {
    const scale = Math.min(MOST, Math.max(LEAST, view.scale * factor));
    const real = scale / view.scale;
    Object.assign(view, { scale, x: spot.x - (spot.x - view.x) * real, y: spot.y - (spot.y - view.y) * real });
    isMoved = true;
    apply();
  }

  const whole = () => Math.min(1, (size().width - 2 * MARGIN) / bounds.width, (size().height - 2 * MARGIN) / bounds.height);

  function fit() {
    place(Math.max(LEAST, whole()), bounds);
  }

  /** All of it where it can be read then; else what stands around a box, large enough to be read. */
  function begin(box) {
    place(Math.max(READABLE, whole()), box ?? bounds);
  }

  // In the middle where there is room, else so that the box is seen and nothing beyond the edge of the content.
  function place(scale, box) {
    const { width, height } = size();
    const along = (start, length, from, extent, room) => {
      const total = length * scale;
      if (total <= room - 2 * MARGIN) return (room - total) / 2 - start * scale;
      const wanted = room / 2 - (from + extent / 2) * scale;
      return Math.min(MARGIN - start * scale, Math.max(room - MARGIN - (start + length) * scale, wanted));
    };
    Object.assign(view, { scale, x: along(bounds.x, bounds.width, box.x, box.width, width),
        y: along(bounds.y, bounds.height, box.y, box.height, height) });
    apply();
  }

  /** Moves as little as makes a box visible. */
  function show(box) {
    const { width, height } = size();
    const [left, top] = [box.x * view.scale + view.x, box.y * view.scale + view.y];
    const [right, bottom] = [left + box.width * view.scale, top + box.height * view.scale];
    const dx = left < 24 ? 24 - left : right > width - 24 ? Math.max(24 - left, width - 24 - right) : 0;
    const dy = top < 24 ? 24 - top : bottom > height - 24 ? Math.max(24 - top, height - 24 - bottom) : 0;
    if (!dx && !dy) return;
    Object.assign(view, { x: view.x + dx, y: view.y + dy });
    isMoved = true;
    apply();
  }

  const at = (event) => {
    const frame = picture.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };

  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), at(event));
  }, { passive: false });
  picture.addEventListener("dblclick", (event) => {
    if (!event.target.closest(".run")) zoom(1.5, at(event));
  });
  picture.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest(".run")) return;
    pointers.set(event.pointerId, at(event));
    picture.setPointerCapture(event.pointerId);
    picture.classList.add("dragged");
  });
  picture.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const [was, is] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(now.x - other.x, now.y - other.y)];
      if (was > 0) zoom(is / was, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else {
      Object.assign(view, { x: view.x + now.x - before.x, y: view.y + now.y - before.y });
      isMoved = true;
      apply();
    }
    pointers.set(event.pointerId, now);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    picture.addEventListener(type, (event) => {
      pointers.delete(event.pointerId);
      picture.classList.toggle("dragged", pointers.size > 0);
    });
  }

  return {
    zoom,
    fit() {
      isMoved = true;
      fit();
    },
    show,
    get scale() {
      return view.scale;
    },
    /** Says how large the content is, and what to begin with; until somebody has moved, that is shown again. */
    setBounds(next, box) {
      bounds = next;
      if (!isMoved) begin(box);
    },
  };
}
