// SPDX-License-Identifier: Apache-2.0
// The lineage as one moves in it: runs with their place, and who comes from whom.

export const NODE = { width: 184, height: 56, gapX: 116, gapY: 22 };

/** Runs by id, with `parents` and `children` (edges), and where each is drawn: `x`, `y` of its corner. */
export class Graph {
  /**
   * @param {{nodes: object[], edges: object[]}} lineage as runs.lineage gives it
   * @param {"generation"|"step"} across what runs from left to right
   */
  constructor({ nodes, edges }, across = "generation") {
    this.nodes = new Map(nodes.map((node) => [node.id,
          { ...node, parents: [], children: [], x: 0, y: (node.lane ?? 0) * (NODE.height + NODE.gapY) }]));
    this.edges = edges.filter(({ from, to }) => this.nodes.has(from) && this.nodes.has(to));
    for (const edge of this.edges) {
      this.nodes.get(edge.from).children.push(edge);
      this.nodes.get(edge.to).parents.push(edge);
    }
    if (across === "step") this.placeBySteps();
    else for (const node of this.nodes.values()) node.x = (node.column ?? 0) * (NODE.width + NODE.gapX);
  }

  /** Runs in the order in which parents come before children. */
  get ordered() {
    return [...this.nodes.values()].sort((a, b) => (a.column ?? 0) - (b.column ?? 0) || (a.lane ?? 0) - (b.lane ?? 0));
  }

  /** What all of it needs: `{x, y, width, height}`. */
  get bounds() {
    const all = [...this.nodes.values()];
    const [left, top] = [Math.min(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))];
    return { x: left, y: top, width: Math.max(...all.map(({ x }) => x)) + NODE.width - left,
      height: Math.max(...all.map(({ y }) => y)) + NODE.height - top };
  }

  /** A run and all it comes from, the oldest first. */
  ancestors(id) {
    const found = new Set();
    const visit = (one) => {
      if (found.has(one)) return;
      for (const { from } of this.nodes.get(one).parents) visit(from);
      found.add(one);
    };
    visit(id);
    return [...found];
  }

  /** Steps of training behind a run's first one, counted through its first parents. */
  startOf(id, known = new Map()) {
    if (!known.has(id)) {
      known.set(id, 0);
      const [edge] = this.nodes.get(id).parents;
      if (edge) known.set(id, this.startOf(edge.from, known) + (edge.at_step ?? this.nodes.get(edge.from).last_step ?? 0));
    }
    return known.get(id);
  }

  // As far right as the steps before it; no run stands on another of its lane, nor left of a parent.
  placeBySteps() {
    const starts = new Map();
    for (const id of this.nodes.keys()) this.startOf(id, starts);
    const most = Math.max(1, ...starts.values());
    const columns = Math.max(1, ...[...this.nodes.values()].map(({ column }) => column ?? 0));
    const scale = (columns * (NODE.width + NODE.gapX) * 1.2) / most;
    const ends = new Map();
    for (const node of [...this.nodes.values()].sort((a, b) => (a.column ?? 0) - (b.column ?? 0) || starts.get(a.id) - starts.get(b.id))) {
      const behind = node.parents.map(({ from }) => this.nodes.get(from).x + NODE.width + NODE.gapX / 2);
      node.x = Math.max(starts.get(node.id) * scale, ends.get(node.lane) ?? -Infinity, ...behind);
      node.start = starts.get(node.id);
      ends.set(node.lane, node.x + NODE.width + NODE.gapX / 2);
    }
  }

  /** Where an arrow key leads from a run: a parent, a child, or the nearest run of the next lane. */
  neighbour(id, key) {
    const node = this.nodes.get(id);
    const nearest = (list) => list.sort((a, b) => Math.abs(a.y - node.y) - Math.abs(b.y - node.y))[0]?.id;
    if (key === "ArrowLeft") return nearest(node.parents.map(({ from }) => this.nodes.get(from)));
    if (key === "ArrowRight") return nearest(node.children.map(({ to }) => this.nodes.get(to)));
    const down = key === "ArrowDown";
    const beyond = [...this.nodes.values()].filter(({ y }) => (down ? y > node.y : y < node.y));
    const lane = beyond.length ? (down ? Math.min : Math.max)(...beyond.map(({ y }) => y)) : null;
    return beyond.filter(({ y }) => y === lane).sort((a, b) => Math.abs(a.x - node.x) - Math.abs(b.x - node.x))[0]?.id;
  }
}
