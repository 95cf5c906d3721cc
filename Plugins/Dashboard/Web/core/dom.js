// SPDX-License-Identifier: Apache-2.0
// Makes elements. Text is always text: nothing in this page turns a string into markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 *
 * @param {string} tag a name, with classes as in "button.primary"
 * @param {object} [properties] attributes; `on*` are listeners, `dataset`, `style` (object) and `aria` ({label: …}) are merged;
 *   false, null and undefined leave the attribute out, true makes it empty
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  return filled(document.createElement(name || "div"), classes, properties, children);
}

/** As `h`, for the elements of an SVG picture. */
export function svg(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  return filled(document.createElementNS(SVG, name), classes, properties, children);
}

/** Puts children in the place of those that are there. */
export function replace(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

function filled(element, classes, properties, children) {
  if (isChild(properties)) {
    children.unshift(properties);
    properties = null;
  }
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties ?? {})) set(element, key, value);
  element.append(...flat(children));
  return element;
}

function set(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(element.dataset, value);
  else if (key === "style") for (const [name, part] of Object.entries(value)) element.style.setProperty(name, part);
  else if (key === "aria") for (const [name, part] of Object.entries(value)) element.setAttribute(`aria-${name}`, part);
  else if (key === "class") element.classList.add(...String(value).split(" ").filter(Boolean));
  else if (key === "value" && "value" in element) element.value = value;
  else element.setAttribute(key, value === true ? "" : value);
}

function isChild(value) {
  return value instanceof Node || typeof value === "string" || typeof value === "number" || Array.isArray(value);
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child)));
}
