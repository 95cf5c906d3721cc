// SPDX-License-Identifier: Apache-2.0
// How much memory and processor kernels used lately, from one answer of kernel.list to the next.

const most = 60;

/** Keeps the last values by kernel: `note(kernel, now)` once for each answer, `of(id)` gives `{memory: [], cpu: []}`. */
export function usageHistory() {
  const histories = new Map();
  return {
    note(kernel, now = performance.now() / 1000) {
      const history = histories.get(kernel.id) ?? { memory: [], cpu: [], seconds: null, at: null, pid: null };
      histories.set(kernel.id, history);
      if (!Number.isFinite(kernel.memory)) return;
      push(history.memory, kernel.memory);
      // A part of one processor: 1 is all of one.
      if (history.pid === kernel.pid && now > history.at) push(
        history.cpu, Math.max(0, (kernel.cpu_seconds - history.seconds) / (now - history.at)),
      );
      Object.assign(history, { seconds: kernel.cpu_seconds, at: now, pid: kernel.pid });
    },
    of: (id) => histories.get(id) ?? { memory: [], cpu: [] },
    forget: (ids) => {
      for (const id of histories.keys()) if (!ids.has(id)) histories.delete(id);
    },
  };
}

function push(values, value) {
  values.push(value);
  if (values.length > most) values.shift();
}
