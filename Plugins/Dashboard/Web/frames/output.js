// SPDX-License-Identifier: Apache-2.0
// Fills the frame of an output, and tells the page around it how high it is. A classic script: the frame has no origin to load modules with.
(() => {
  const runsScripts = new URLSearchParams(location.search).has("scripts");
  // Gone even where scripts run: what would lead the frame elsewhere, or change what the others mean.
  const never = "base, meta, link, iframe, frame, frameset, object, embed, portal, fencedframe";

  function say(message) {
    parent.postMessage({ jackfield: message }, "*");
  }

  function clean(root) {
    for (const element of root.querySelectorAll(runsScripts ? never : `${never}, script, noscript`)) element.remove();
    if (runsScripts) return;
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        const leads = /^(href|xlink:href|src|action|formaction|data|ping|background)$/i.test(name) && !/^(#|https?:|data:image\/|blob:)/i.test(value.trim());
        if (/^on/i.test(name) || leads || /^(srcdoc|ping|autofocus)$/i.test(name)) element.removeAttribute(name);
      }
    }
  }

  /** Scripts that a parser read do not run; made anew, in their order, they do. */
  function revive(root) {
    for (const old of root.querySelectorAll("script")) {
      const script = document.createElement("script");
      for (const { name, value } of [...old.attributes]) script.setAttribute(name, value);
      script.async = false;
      script.textContent = old.textContent;
      old.replaceWith(script);
    }
  }

  /** Handlers could not run here anyway; taken out before anything is read, they are not complained of either. */
  function quiet(html) {
    return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])on([a-z]+\s*=)/gi, "$1data-on$2"));
  }

  function show(html) {
    const parsed = new DOMParser().parseFromString(runsScripts ? html : quiet(html), "text/html");
    clean(parsed);
    const content = document.createDocumentFragment();
    for (const style of parsed.head.querySelectorAll(runsScripts ? "style, script" : "style")) content.append(document.adoptNode(style));
    content.append(...[...parsed.body.childNodes].map((node) => document.adoptNode(node)));
    document.body.replaceChildren(content);
    if (runsScripts) revive(document.body);
  }

  let last = 0;
  let isAsked = false;
  function tellHeight() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === last) return;
      last = height;
      say({ height });
    });
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || typeof data?.jackfield !== "object" || data.jackfield === null) return;
    const { html, theme } = data.jackfield;
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
    if (typeof html === "string") show(html);
    tellHeight();
  });
  addEventListener("DOMContentLoaded", () => {
    new ResizeObserver(tellHeight).observe(document.body);
    say({ ready: true });
  });
})();
