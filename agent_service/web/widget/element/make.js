// Elements, icons and styles of the widget. Text is shown as text, never as markup.

/**
 * Make an element. Of its properties `part`, `class` and those with a dash become attributes. A button sends
 * a form only where its type says so.
 * @param {string} name
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false)} content
 * @returns {any}
 */
export function make(name, properties = {}, ...content) {
  const made = document.createElement(name);
  if (name === "button") {
    /** @type {any} */ (made).type = name;
  }
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (/^(part|class|for|role|dir|lang)$|-/.test(key)) {
      made.setAttribute(key, value);
    } else {
      /** @type {any} */ (made)[key] = value;
    }
  }
  made.append(.../** @type {(Node | string)[]} */ (content.filter(Boolean)));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Draw lines: an icon, if nothing else is said.
 * @param {string} lines
 * @param {number} [size] in units
 */
export function drawing(lines, size = 24) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", `0 0 ${size} ${size}`);
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", lines);
  drawn.append(path);
  return drawn;
}

/**
 * Give a shadow root its look. No style element where it can be helped: pages forbid those.
 * @param {ShadowRoot} root
 * @param {string} rules
 */
export function dress(root, rules) {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } else {
    /** @type {ShadowRoot} */ (root).prepend(make("style", { textContent: rules }));
  }
}
