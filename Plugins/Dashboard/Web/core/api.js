// SPDX-License-Identifier: Apache-2.0
// Asks the host: commands of plugins, and what the control door offers.

/** What a call failed with; `message` is a sentence for people. */
export class CallError extends Error {
  /** @param {{status: string, message: string, command?: string, plugin?: string, code?: string, retryable?: boolean, details?: object}} error */
  constructor(error) {
    super(error.message);
    this.name = "CallError";
    Object.assign(this, error);
  }
}

const lost = { status: "gone", message: "the host does not answer; is it still running? The page tries again by itself", retryable: true };

/**
 * Runs a command and gives its result.
 *
 * @param {string} name "namespace.verb"
 * @param {object} [input]
 * @param {{timeoutMs?: number, signal?: AbortSignal}} [options]
 * @throws {CallError}
 */
export async function call(name, input = {}, { timeoutMs, signal } = {}) {
  const query = timeoutMs ? `?timeoutMs=${timeoutMs}` : "";
  return (await post(`api/call/${encodeURIComponent(name)}${query}`, input, signal)).result;
}

/**
 * Runs a command that streams: gives `{chunk}` and `{progress: {fraction, note}}` as they come, and the result as last, `{result}`.
 * Leaving the loop, or the signal, cancels the command.
 *
 * @throws {CallError}
 */
export async function* stream(name, input = {}, { timeoutMs, signal } = {}) {
  const leaving = new AbortController();
  const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const query = timeoutMs ? `&timeoutMs=${timeoutMs}` : "";
  try {
    const response = await send(`api/call/${encodeURIComponent(name)}?stream=1${query}`, input, either);
    if (!response.ok) throw new CallError(await failure(response));
    let isEnded = false;
    for await (const message of lines(response.body)) {
      if (message.error) throw new CallError(message.error);
      isEnded ||= "result" in message;
      yield message;
    }
    if (!isEnded) throw new CallError(lost);
  } catch (error) {
    throw signal?.aborted || error instanceof CallError ? error : new CallError(lost);
  } finally {
    leaving.abort();
  }
}

/** Asks what the control door offers beside commands: "plugin/list", "config/show", "command/list" … @throws {CallError} */
export async function host(method, parameters = {}, { signal } = {}) {
  return (await post(`api/host/${method}`, parameters, signal)).result;
}

/** What this page may do: `{read_only, version, assets, instance, uplot, panels}`. @throws {CallError} */
export async function session() {
  const response = await fetch("api/session", { cache: "no-store" });
  if (!response.ok) throw new CallError(await failure(response));
  return response.json();
}

/** Posts JSON to the door of this page. @throws {CallError} */
export async function post(path, body, signal) {
  let response;
  try {
    response = await send(path, body, signal);
  } catch (error) {
    throw signal?.aborted ? error : new CallError(lost);
  }
  if (!response.ok) throw new CallError(await failure(response));
  return response.json();
}

function send(path, body, signal) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Jackfield": "1" },
    body: JSON.stringify(body),
    signal,
  });
}

async function failure(response) {
  try {
    return (await response.json()).error;
  } catch {
    return { status: response.status === 401 ? "signed_out" : "failed", message: `the host answered ${response.status}` };
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
}
