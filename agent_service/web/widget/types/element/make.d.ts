/**
 * Make an element. Of its properties `part`, `class` and those with a dash become attributes. A button sends
 * a form only where its type says so.
 * @param {string} name
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false)} content
 * @returns {any}
 */
export function make(name: string, properties?: Record<string, any>, ...content: (Node | string | null | undefined | false)[]): any;
/**
 * Draw lines: an icon, if nothing else is said.
 * @param {string} lines
 * @param {number} [size] in units
 */
export function drawing(lines: string, size?: number): SVGSVGElement;
/**
 * Give a shadow root its look. No style element where it can be helped: pages forbid those.
 * @param {ShadowRoot} root
 * @param {string} rules
 */
export function dress(root: ShadowRoot, rules: string): void;
