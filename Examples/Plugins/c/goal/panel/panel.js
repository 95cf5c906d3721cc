// SPDX-License-Identifier: Apache-2.0
// Shows each training that runs, and how far it is from the goal.

const [form, field, said, list, none] = ["form", "loss", "said", "runs", "none"].map((id) => document.getElementById(id));
const rows = new Map();
let goal = 0;

/** A row for a run; text is set as text, so a run may be called anything. */
function rowOf(run) {
  if (rows.has(run)) return rows.get(run);
  const row = { element: document.createElement("li"), name: document.createElement("span"), bar: document.createElement("meter"), value: document.createElement("span"), loss: null };
  row.name.textContent = run;
  row.bar.setAttribute("aria-label", `How far ${run} is`);
  row.element.append(row.name, row.bar, row.value);
  list.append(row.element);
  rows.set(run, row);
  none.hidden = true;
  return row;
}

function show({ bar, value, loss, element }) {
  const isThere = loss !== null && loss <= goal;
  bar.value = loss === null ? 0 : Math.min(1, goal / loss);
  value.textContent = loss === null ? "no loss yet" : `${loss.toPrecision(3)}${isThere ? ", there" : ""}`;
  element.classList.toggle("there", isThere);
}

function setGoal({ loss }) {
  goal = loss;
  if (document.activeElement !== field) field.value = loss;
  for (const row of rows.values()) show(row);
}

async function ask() {
  setGoal(await page.call("goal_c.get"));
  const { runs } = await page.call("runs.list", { state: "running" });
  for (const run of runs) {
    const row = rowOf(run.id);
    row.loss = run.last_loss ?? null;
    show(row);
  }
}

page.on("hello", ({ theme, read_only }) => {
  document.documentElement.dataset.theme = theme;
  field.disabled = form.elements[1].disabled = read_only;
  page.subscribe(["goal_c.changed", "trainer.step"]);
  ask();
});
page.on("theme", ({ theme }) => (document.documentElement.dataset.theme = theme));
page.on("missed", ask);
page.on("events", ({ events }) => {
  for (const { topic, payload } of events) {
    if (topic === "goal_c.changed") setGoal(payload);
    else if (typeof payload.loss === "number") rowOf(payload.run_id).loss = payload.loss;
  }
  for (const row of rows.values()) show(row);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await page.call("goal_c.set", { loss: Number(field.value) });
    said.textContent = "Set.";
  } catch (error) {
    said.textContent = error.message;
  }
});
page.ready();
