// How the button looks, and what the whole widget takes its colours and measures from.
// Everything is set anew below the host: a page's styles end there. Sizes are in `em` of the
// reader's own text size, because a page may have made its `rem` anything.

/** @type {string} */
export const BUTTON_STYLE = `
:host { display: contents !important; }
:host([hidden]) { display: none !important; }
.root {
  all: initial;
  color-scheme: light;
  --accent: var(--support-accent, #0b6b63);
  --on-accent: var(--support-on-accent, #fff);
  --paper: var(--support-paper, #fff);
  --ground: var(--support-ground, #f4f6f7);
  --ink: var(--support-ink, #16211f);
  --soft: var(--support-soft, #55625f);
  --line: var(--support-line, #dbe2e0);
  --tint: var(--support-tint, #e3f1ee);
  --warn: #8d3410;
  --warn-ground: #fdf0e6;
  --radius: var(--support-radius, 1.25em);
  font: medium/1.5 var(--support-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  color: var(--ink);
}
.root[data-theme="dark"] {
  color-scheme: dark;
  --accent: var(--support-accent-dark, #6fd6c6);
  --on-accent: var(--support-on-accent-dark, #06201d);
  --paper: var(--support-paper-dark, #151b1e);
  --ground: var(--support-ground-dark, #0e1315);
  --ink: var(--support-ink-dark, #e9efee);
  --soft: var(--support-soft-dark, #a5b2b0);
  --line: var(--support-line-dark, #2d3639);
  --tint: var(--support-tint-dark, #16332f);
  --warn: #ffb68a;
  --warn-ground: #38221a;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
svg {
  width: 1.5em;
  height: 1.5em;
  flex: none;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.8;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.launcher {
  position: fixed;
  inset-block-end: var(--support-inset, 1.25em);
  inset-inline-end: var(--support-inset, 1.25em);
  z-index: var(--support-z, 2147483000);
  display: flex;
  align-items: center;
  gap: .6em;
  min-height: 3.5em;
  padding: .5em 1.35em;
  padding-inline-start: 1.15em;
  border: 1px solid transparent;
  border-radius: 2em;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  box-shadow: 0 .1em .3em #0003, 0 .6em 1.8em #0003;
  cursor: pointer;
  transition: transform .15s, box-shadow .15s;
}
.launcher:hover { transform: translateY(-2px); box-shadow: 0 .1em .3em #0003, 0 .9em 2.2em #0004; }
.launcher:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; box-shadow: 0 0 0 3px var(--paper); }
.launcher[data-live="yes"]::after {
  content: "";
  width: .6em;
  height: .6em;
  border-radius: 50%;
  background: currentColor;
}
.launcher small { display: block; font-weight: 400; }
.bubble {
  position: fixed;
  inset-block-end: 6em;
  inset-inline-end: var(--support-inset, 1.25em);
  z-index: var(--support-z, 2147483000);
  max-width: min(20em, calc(100vw - 2.5em));
  margin: 0;
  padding: .75em 1em;
  border: 1px solid var(--line);
  border-radius: .9em;
  background: var(--paper);
  box-shadow: 0 .6em 1.8em #0003;
}
@media (prefers-reduced-motion: reduce) { .launcher { transition: none; } .launcher:hover { transform: none; } }
@media (forced-colors: active) { .launcher { border-color: ButtonText; } .launcher::after { background: ButtonText; } }
@media print { .root { display: none; } }
`;
