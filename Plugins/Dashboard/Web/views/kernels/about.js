// SPDX-License-Identifier: Apache-2.0
// All that is known of a kernel.

import { call } from "../../core/api.js";
import { h, replace } from "../../core/dom.js";
import { time } from "../../core/format.js";
import { safeText } from "../results/output/safe-text.js";
import { jsonTree } from "../results/output/json-tree.js";

/** What the kernel says of itself, and how it was begun. */
export async function mountAbout(root, id) {
  const body = h("div");
  root.append(body);
  try {
    const kernel = await call("kernel.show", { kernel: id });
    replace(
      body, h("dl.kn-about", rows(kernel).map(([name, value]) => [h("dt", name), h("dd", safeText(value))])),
      h("details", h("summary", "Everything, as the host tells it"), jsonTree(kernel)),
    );
  } catch (error) {
    replace(body, h("p.problem", error.message));
  }
}

function rows(kernel) {
  const about = kernel.information ?? {};
  const list = [
    ["Language", [about.language_info?.name ?? kernel.language, about.language_info?.version].filter(Boolean).join(" ")],
    ["Kernel", [about.implementation, about.implementation_version].filter(Boolean).join(" ")],
    ["Interpreter", kernel.interpreter], ["Kernelspec", kernel.spec], ["Provider", kernel.provider], ["Runs in", kernel.working_directory],
    ["Command", kernel.command?.join(" ")], ["Connection file", kernel.connection_file], [
      "Speaks over", kernel.transport && `${kernel.transport}${kernel.encrypted ? ", encrypted" : ""}`,
    ],
    ["Begun", time(kernel.started)], ["Its own output", kernel.stdout], ["Its own errors", kernel.stderr],
    ["Widgets (comms)", kernel.comms ? String(kernel.comms.length) : null],
  ];
  return list.filter(([, value]) => value);
}
