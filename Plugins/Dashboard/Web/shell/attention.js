// SPDX-License-Identifier: Apache-2.0
// What asks for the reader's attention in whatever view: alerts, and code that waits for input.

/** Begins to tell of it; called once, after the first view is there, so that it does not wait for this. */
export async function watchForAttention(session, badge) {
  const [{ watchAlerts }, { watchInputRequests, watchPending }] = await Promise.all([import("../views/health/alert-toasts.js"), import("../views/kernels/input-requests.js")]);
  watchAlerts();
  watchInputRequests({ session });
  watchPending((list) => badge("kernels", list.length, list.length === 1 ? "one asks for input" : `${list.length} ask for input`));
}
