// SPDX-License-Identifier: Apache-2.0
// The lineage as nested lists: for those who read, or listen.

import { h } from "../../core/dom.js";
import { count, number } from "../../core/format.js";
import { href } from "../../core/route.js";
import { gainWords } from "./words.js";

/** Each run stands under its first parent; further parents are named. */
export function textTree(graph) {
  const roots = graph.ordered.filter(({ parents }) => !parents.length);
  return h("ul.text-tree", roots.map((node) => branch(graph, node, 0)));
}

function branch(graph, node, depth) {
  const others = node.parents.slice(1).map(({ from }) => graph.nodes.get(from).name);
  const [edge] = node.parents;
  const facts = [edge ? `${edge.kind ?? "child"}${Number.isFinite(edge.at_step) ? ` at step ${count(edge.at_step)}` : ""}` : null,
    node.state, Number.isFinite(node.last_loss) ? `loss ${number(node.last_loss)}` : null, edge ? gainWords(edge.loss_gained) : null,
    others.length ? `also from ${others.join(", ")}` : null];
  const children = node.children.filter(({ from,
        to }) => graph.nodes.get(to).parents[0].from === from).map(({ to }) => graph.nodes.get(to));
  return h("li", h("a", { href: href(["runs", node.id]) }, node.name), h("span.quiet.small", ` ${facts.filter(Boolean).join(" · ")}`),
    children.length && depth < 200 ? h("ul", children.map((child) => branch(graph, child, depth + 1))) : null);
}
