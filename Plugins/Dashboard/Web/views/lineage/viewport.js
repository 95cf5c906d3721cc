// SPDX-License-Identifier: Apache-2.0
// The window onto a large picture: wheel at the cursor, dragging, pinching, double click, and keys.

const LEAST = 0.08;
const MOST = 4;

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

  function zoom(factor, at = { x: size().width / 2, y: size().height / 2 }) {
    const scale = Math.min(MOST, Math.max(LEAST, view.scale * factor));
    const real = scale / view.scale;
    Object.assign(view, { scale, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real });
    isMoved = true;
    apply();
  }

  function fit() {
    const { width, height } = size();
    const scale = Math.min(1, Math.max(LEAST, Math.min((width - 32) / bounds.width, (height - 32) / bounds.height)));
    const isNarrow = bounds.width * scale <= width - 32;
    Object.assign(view, { scale, x: isNarrow ? (width - bounds.width * scale) / 2 - bounds.x * scale : 16 - bounds.x * scale, y: Math.max(16, (height - bounds.height * scale) / 2) - bounds.y * scale });
    isMoved = false;
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
    apply();
  }

  const place = (event) => {
    const frame = picture.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };

  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), place(event));
  }, { passive: false });
  picture.addEventListener("dblclick", (event) => {
    if (!event.target.closest(".run")) zoom(1.5, place(event));
  });
  picture.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest(".run")) return;
    pointers.set(event.pointerId, place(event));
    picture.setPointerCapture(event.pointerId);
    picture.classList.add("dragged");
  });
  picture.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
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
    fit,
    show,
    get scale() {
      return view.scale;
    },
    /** Says how large the picture is; shows all of it until somebody has moved. */
    setBounds(next) {
      bounds = next;
      if (!isMoved) fit();
    },
  };
}
