// SPDX-License-Identifier: Apache-2.0
// A page's end of the hub. Rejects where there can be no hub: the page then has a stream of its own.

const script = new URL("./hub.js", import.meta.url);
const policyName = "jackfield-hub";
const patience = 4000;

/**
 * @param {string} base the address of the page's base path
 * @param {{state: Function, events: Function, missed: Function}} hears
 * @returns {Promise<{wishes: (list: object[]) => void}>}
 */
export async function connectHub(base, hears) {
  if (!globalThis.SharedWorker || !(await isAllowed())) throw new Error("no shared worker here");
  const worker = new SharedWorker(trusted(script.href), { type: "module", name: "jackfield" });
  const { port } = worker;
  const { promise, resolve, reject } = Promise.withResolvers();
  worker.addEventListener("error", () => reject(new Error("the shared worker did not start")));
  port.addEventListener("message", ({ data }) => {
    resolve();
    if (data.state) hears.state(data.state);
    if (data.kind === "missed") hears.missed();
    if (data.kind !== "events") return;
    hears.events(data.events);
    port.postMessage({ kind: "ack" });
  });
  port.start();
  const lock = await hold();
  port.postMessage({ kind: "hello", base, lock });
  const timer = setTimeout(() => reject(new Error("the shared worker does not answer")), patience);
  await promise.finally(() => clearTimeout(timer));
  addEventListener("pagehide", () => port.postMessage({ kind: "bye" }));
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  return {
    wishes: (list) => port.postMessage({ kind: "wishes", wishes: list }),
  };
}

/** The door says by the policy of the script itself that pages may begin it, and it may connect. Asking in any other way would be a violation. */
async function isAllowed() {
  const response = await fetch(script);
  return (response.headers.get("Content-Security-Policy") ?? "").includes(`trusted-types ${policyName}`);
}

function trusted(address) {
  return globalThis.trustedTypes ? trustedTypes.createPolicy(policyName, { createScriptURL: (text) => text }).createScriptURL(address) : address;
}

/** A lock that lasts as long as this page: however it ends, the hub hears of it. */
async function hold() {
  if (!navigator.locks) return null;
  const name = `jackfield-page-${crypto.randomUUID()}`;
  const { promise, resolve } = Promise.withResolvers();
  navigator.locks.request(name, () => (resolve(), new Promise(() => {})));
  await promise;
  return name;
}
