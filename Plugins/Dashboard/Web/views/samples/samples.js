// SPDX-License-Identifier: Apache-2.0

import { h } from "../../core/dom.js";

/** Shows the view. */
export function mount(root, { title }) {
  title("samples");
  root.append(h("h1", "samples"));
}
