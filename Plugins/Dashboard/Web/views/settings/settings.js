// SPDX-License-Identifier: Apache-2.0

import { h } from "../../core/dom.js";

/** Shows the view. */
export function mount(root, { title }) {
  title("settings");
  root.append(h("h1", "settings"));
}
