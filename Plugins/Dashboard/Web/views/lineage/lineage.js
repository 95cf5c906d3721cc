// SPDX-License-Identifier: Apache-2.0
// How runs come from one another: lanes of runs, a curve from every parent.

import { actionButton } from "../../components/action-button.js";
import { empty } from "../../components/empty.js";
import { problem, toast } from "../../components/toast.js";
import { call } from "../../core/api.js";
import { h, replace, svg } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { bind } from "../../core/keys.js";
import { current, go, setQuery } from "../../core/route.js";
import { loadStyles } from "../../core/styles.js";
import { importDialog } from "../steering/bundle-dialogs.js";
import { mergeDialog } from "../steering/merge-dialog.js";
import { trainerFor, watchSessions } from "../steering/sessions.js";
import { startDialog } from "../steering/small-dialogs.js";
import { details } from "./details.js";
import { savePicture, wholePicture } from "./export-picture.js";
import { Graph, NODE } from "./graph.js";
import { watchLineage } from "./live.js";
import { lineagePicture } from "./picture.js";
import { textTree } from "./text-tree.js";
import { viewport } from "./viewport.js";

const HELP = "Lineage of the runs. Arrow keys move along parents, children and lanes; Enter opens a run, "
  + "Shift and Enter picks it for merging";

/** Shows the view. Its address: `project`, `archived`, `x` (step), `pick` (runs, comma-separated), `run` (in focus). */
export async function mount(root, { route, session, title }) {
  title("Lineage");
  await loadStyles(new URL("./lineage.css", import.meta.url));
  const state = { graph: null, lineage: null, sessions: [], query: route.query, focused: null, pointed: null };
  const picked = new Set((route.query.get("pick") ?? "").split(",").filter(Boolean));
  const content = svg("g");
  const layers = { edges: content.appendChild(svg("g.edges", { "aria-hidden": "true" })),
    nodes: content.appendChild(svg("g.nodes", { role: "presentation" })) };
  const picture = svg("svg.lineage-picture", { role: "tree", "aria-multiselectable": "true", "aria-label": HELP }, content);
  const view = viewport(picture, content, { changed: ({ scale }) => {
    picture.classList.toggle("far", scale < 0.6);
    picture.classList.toggle("tiny", scale < 0.25);
  } });
  const side = details({ session, pick, isPicked: (id) => picked.has(id) });
  const drawing = lineagePicture(layers, { opened: (id) => go(["runs", id]), picked: pick, focused, pointed, moved });
  const tree = h("div");
  const bar = toolbar();
  const stage = h("div.lineage-stage", h("div.lineage-frame", picture, bar.choice), side.element);
  const place = h("div");
  const tally = h("p.quiet.small", { role: "status" });
  root.append(h("div.bar.lineage-head", h("h1", "Lineage"), tally, h("span.grow"), bar.element), place);
  replace(place, stage, h("details.card.text-twin",
      { open: current().query.has("text"), ontoggle: (event) => event.target.open !== current().query.has("text")
        && setQuery({ text: event.target.open ? "1" : null }) }, h("summary", "As text"), tree));

  function toolbar() {
    const project = h("select", { "aria-label": "Project", onchange: () => setQuery({ project: project.value }) });
    const archived = h("input", { type: "checkbox", checked: route.query.has("archived"),
        onchange: () => setQuery({ archived: archived.checked ? "1" : null }) });
    const across = h("select", { "aria-label": "From left to right",
        onchange: () => setQuery({ x: across.value === "step" ? "step" : null }) }, h("option", { value: "generation" }, "by generation"),
      h("option", { value: "step", selected: route.query.get("x") === "step" }, "by step"));
    const merge = h("button.primary", { type: "button", onclick: mergePicked }, "Merge…");
    const clear = h("button.plain", { type: "button", onclick: () => (picked.clear(), pickedChanged()) }, "Pick none");
    const chosen = h("span", { role: "status" });
    const save = h("select", { "aria-label": "Save the picture", onchange: () => saveAs(save) }, h("option", { value: "" }, "Save as…"),
      h("option", { value: "png" }, "PNG"), h("option", { value: "svg" }, "SVG"));
    const zoom = [["−", "Smaller", () => view.zoom(1 / 1.25)], ["+", "Larger", () => view.zoom(1.25)],
      ["Fit", "Show all", () => view.fit()]].map(([text, name, act]) => h("button", { type: "button", "aria-label": name, onclick: act },
        text));
    return { choice: h("div.bar.lineage-choice", { hidden: true }, chosen, h("span.grow"), clear, merge),
      element: h("div.bar", project, h("label.small", archived, "Archived too"), across, h("span.bar.zoom", zoom), save), project, merge,
      chosen };
  }

  function draw() {
    const trail = state.pointed ?? state.focused;
    state.graph = new Graph(state.lineage, state.query.get("x") === "step" ? "step" : "generation");
    const has = state.graph.nodes.size > 0;
    stage.parentElement.classList.toggle("nothing", !has);
    place.querySelector(".empty")?.remove();
    if (!has) place.prepend(empty({ title: "No runs yet",
          text: "Runs, their forks and merges show here as soon as a training connects to this host.",
          command: "PYTHONPATH=Clients/Python/src python3 Examples/Training/digits.py",
          actions: session?.read_only ? [] : [actionButton("Start a training…", async () => void (await startDialog())),
          actionButton("Import a bundle…", async () => void (await importDialog()))] }));
    drawing.draw(state.graph, { picked, trail: trail && state.graph.nodes.has(trail) ? new Set(state.graph.ancestors(trail)) : null });
    const all = state.graph.nodes.size;
    tally.textContent = `${count(all)} ${all === 1 ? "run" : "runs"}${state.lineage.more ? ", and more" : ""}`;
    if (has) settle();
    replace(tree, textTree(state.graph));
    told();
  }

  // As high as it needs to be, and what was heard of last in sight.
  function settle() {
    const { bounds } = state.graph;
    picture.style.setProperty("height", `${Math.max(260, Math.min(bounds.height + 64, innerHeight - 230))}px`);
    const newest = [...state.graph.nodes.values()].reduce((a, b) => ((b.updated ?? 0) > (a.updated ?? 0) ? b : a));
    const first = state.graph.nodes.get(current().query.get("run")) ?? newest;
    view.setBounds(bounds, { x: first.x, y: first.y, width: NODE.width, height: NODE.height });
  }

  const nameOf = (id) => state.graph?.nodes.get(id)?.name ?? id;

  function told() {
    side.show(state.graph?.nodes.get(state.pointed ?? state.focused ?? drawing.current), state.graph);
    bar.choice.hidden = !picked.size;
    bar.chosen.textContent = picked.size === 1 ? `'${nameOf([...picked][0])}' is picked; pick another to merge them`
      : `${count(picked.size)} runs picked`;
    bar.merge.disabled = picked.size < 2;
  }

  function focused(id) {
    const node = state.graph.nodes.get(id);
    view.show({ x: node.x, y: node.y, width: NODE.width, height: NODE.height });
    if (state.focused === id) return;
    state.focused = id;
    trailChanged();
  }

  function pointed(id) {
    state.pointed = id;
    trailChanged();
  }

  let frame = 0;
  function trailChanged() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (!state.graph) return;
      const from = state.pointed ?? state.focused;
      drawing.draw(state.graph, { picked, trail: from && state.graph.nodes.has(from) ? new Set(state.graph.ancestors(from)) : null });
      told();
    });
  }

  function moved(id, key) {
    const ordered = state.graph.ordered;
    const to = key === "Home" ? ordered[0].id : key === "End" ? ordered[ordered.length - 1].id : state.graph.neighbour(id, key);
    if (to) drawing.focus(to);
  }

  function pick(id) {
    if (!picked.delete(id)) picked.add(id);
    pickedChanged();
  }

  function pickedChanged() {
    setQuery({ pick: [...picked].join(",") });
    trailChanged();
  }

  async function mergePicked() {
    const parents = [...picked];
    const trainer = trainerFor(state.sessions, state.graph.nodes.get(parents[0]) ?? {});
    if (session?.read_only) return toast("This link is for looking only.", { kind: "info" });
    if (!trainer) return toast("No trainer is connected that could merge; start the training's script.", { kind: "warn" });
    if (await mergeDialog({ parents, session: trainer }).catch((error) => void problem(error))) {
      picked.clear();
      pickedChanged();
    }
    return undefined;
  }

  async function saveAs(select) {
    const kind = select.value;
    select.value = "";
    if (kind && state.graph?.nodes.size) await savePicture(wholePicture(content, state.graph.bounds), `lineage.${kind}`).catch(problem);
  }

  async function projects() {
    const { runs } = await call("runs.list", { limit: 10000, archived: true });
    const names = [...new Set(runs.map(({ project }) => project).filter(Boolean))].sort();
    replace(bar.project, h("option", { value: "" }, "all projects"),
      names.map((name) => h("option", { value: name, selected: name === state.query.get("project") }, name)));
  }

  const live = watchLineage((lineage) => {
    state.lineage = lineage;
    draw();
  });
  const unwatch = watchSessions(({ sessions }) => (state.sessions = sessions));
  const unbind = bind("Lineage", [
    { keys: "0", does: "show all", action: () => view.fit() },
    { keys: "+", does: "larger", action: () => view.zoom(1.25) },
    { keys: "=", does: "larger", action: () => view.zoom(1.25) },
    { keys: "-", does: "smaller", action: () => view.zoom(1 / 1.25) },
    { keys: "m", does: "merge the picked runs", when: () => picked.size > 1, action: mergePicked },
  ]);
  const filter = (query) => ({ project: query.get("project") ?? undefined, archived: query.has("archived") });
  projects().catch(() => {});
  await live.show(filter(route.query));
  const wanted = route.query.get("run");
  if (wanted && state.graph?.nodes.has(wanted)) drawing.focus(wanted);

  return {
    update({ query }) {
      const isSame = ["project", "archived"].every((name) => query.get(name) === state.query.get(name));
      const isTurned = query.get("x") !== state.query.get("x");
      state.query = query;
      if (!isSame) live.show(filter(query)).catch(problem);
      else if (isTurned && state.lineage) draw();
    },
    unmount() {
      live.unmount();
      unwatch();
      unbind();
      side.unmount();
      cancelAnimationFrame(frame);
    },
  };
}
