// SPDX-License-Identifier: Apache-2.0
// Draws the lineage: a box a run, a curve from each parent.

import { replace, svg } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { NODE } from "./graph.js";
import { edgeLabel, edgeWords, nodeWords } from "./words.js";

const marks = { running: "●", paused: "◆", testing: "◆", finished: "✓", stopped: "■", lost: "▲", new: "○", stopping: "■" };

/**
 * Draws a graph into two layers; what is there already is changed, not made anew, so that the focus stays.
 *
 * @param {{edges: SVGGElement, nodes: SVGGElement}} layers
 * @param {{opened: (id) => void, picked: (id) => void, focused: (id) => void, pointed: (id|null) => void, moved: (id, key) => void}} does
 */
export function lineagePicture(layers, does) {
  const shown = new Map();
  let graph = null;
  let current = null;

  function make(node) {
    const parts = {
      box: svg("rect.box", { width: NODE.width, height: NODE.height, rx: 8 }),
      name: svg("text.name", { x: 12, y: 22 }),
      state: svg("text.state", { x: 12, y: 42 }),
      loss: svg("text.loss", { x: NODE.width - 12, y: 42, "text-anchor": "end" }),
      pick: svg("text.pick", { x: NODE.width - 12, y: 22, "text-anchor": "end" }, ""),
    };
    const element = svg("g.run", { role: "treeitem", tabindex: "-1", "data-run": node.id, onclick: clicked, onkeydown: pressed,
        onfocus: () => enter(node.id), onpointerenter: () => does.pointed(node.id), onpointerleave: () => does.pointed(null) },
      parts.box, parts.name, parts.state, parts.loss, parts.pick);
    return { element, parts, id: node.id };
  }

  function clicked(event) {
    const { run } = event.currentTarget.dataset;
    event.currentTarget.focus({ preventScroll: true });
    if (event.shiftKey) does.picked(run);
    else if (event.detail !== 1 || event.ctrlKey || event.metaKey) does.opened(run, event);
  }

  function pressed(event) {
    const { run } = event.currentTarget.dataset;
    const isArrow = event.key.startsWith("Arrow");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") (event.shiftKey ? does.picked : does.opened)(run);
    else if (event.key === "x" || (event.key === " " && event.shiftKey)) does.picked(run);
    else if (isArrow || event.key === "Home" || event.key === "End") does.moved(run, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function enter(id) {
    if (current !== id) setCurrent(id);
    does.focused(id);
  }

  function setCurrent(id) {
    shown.get(current)?.element.setAttribute("tabindex", "-1");
    current = id;
    shown.get(id)?.element.setAttribute("tabindex", "0");
  }

  function fill({ element, parts }, node, picked, trail) {
    const loss = node.best_val_loss ?? node.last_loss;
    element.setAttribute("transform", `translate(${node.x} ${node.y})`);
    element.setAttribute("aria-label", nodeWords(node, nameOf));
    element.setAttribute("aria-level", String((node.column ?? 0) + 1));
    element.setAttribute("aria-selected", String(picked.has(node.id)));
    element.setAttribute("class",
      `run ${node.state} ${picked.has(node.id) ? "picked" : ""} ${trail?.has(node.id) ? "trail" : ""} ${node.archived ? "archived" : ""}`);
    parts.name.textContent = clipped(node.name, picked.has(node.id) ? 20 : 23);
    parts.state.textContent = `${marks[node.state] ?? "○"} ${node.state}`;
    parts.loss.textContent = Number.isFinite(loss) ? `${Number.isFinite(node.best_val_loss) ? "val " : ""}${number(loss, 3)}` : "";
    parts.pick.textContent = picked.has(node.id) ? "✓" : "";
  }

  const nameOf = (id) => graph.nodes.get(id)?.name ?? id;

  function drawEdges(trail) {
    replace(layers.edges, graph.edges.map((edge) => {
      const [from, to] = [graph.nodes.get(edge.from), graph.nodes.get(edge.to)];
      const [x1, y1, x2, y2] = [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2];
      const bend = Math.max(30, (x2 - x1) / 2);
      const isOn = trail?.has(edge.from) && trail.has(edge.to);
      const label = edgeLabel(edge);
      const [x, ys] = [x2 - 10, [y2 - 7, y2 + 15]];
      return svg("g", { class: `edge ${edge.kind ?? ""} ${isOn ? "trail" : ""}` }, svg("title", edgeWords(edge, nameOf)),
        svg("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }),
          svg("path.head", { d: `M${x2} ${y2}l-7 -4v8Z` }),
        edge === to.parents[0] || edge.kind !== "merge"
          ? svg("text", { "text-anchor": "end" }, label.map((line, index) => svg("tspan", { x, y: ys[index] }, line))) : null);
    }));
  }

  return {
    draw(next, { picked, trail }) {
      graph = next;
      for (const [id, one] of shown) {
        if (graph.nodes.has(id)) continue;
        one.element.remove();
        shown.delete(id);
      }
      const ordered = graph.ordered;
      for (const node of ordered) {
        if (!shown.has(node.id)) shown.set(node.id, make(node));
        fill(shown.get(node.id), node, picked, trail);
      }
      const wanted = ordered.map(({ id }) => shown.get(id).element);
      if (wanted.some((element, place) => layers.nodes.children[place] !== element)) {
        const focused = document.activeElement;
        layers.nodes.replaceChildren(...wanted);
        if (layers.nodes.contains(focused)) focused.focus({ preventScroll: true });
      }
      if (!shown.has(current)) current = null;
      setCurrent(current ?? ordered[ordered.length - 1]?.id ?? null);
      drawEdges(trail);
    },
    focus(id) {
      shown.get(id)?.element.focus({ preventScroll: true });
    },
    get current() {
      return current;
    },
  };
}

const clipped = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
