// How the opened conversation looks: a floating panel, and the whole screen where that is small.

/** @type {string} */
export const PANEL_STYLE = `
button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; }
h2, h3, p, ol, ul, fieldset, legend { margin: 0; padding: 0; border: 0; font: inherit; }
ol, ul { list-style: none; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen, .compact b, .foot .talk span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.panel {
  position: fixed;
  inset: auto;
  inset-block-end: var(--support-inset, 1.25em);
  inset-inline-end: var(--support-inset, 1.25em);
  z-index: var(--support-z, 2147483000);
  width: var(--support-width, 25em);
  height: min(var(--support-height, 40em), calc(100dvh - 2 * var(--support-inset, 1.25em)));
  max-width: none;
  max-height: none;
  margin: 0;
  padding: 0;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--ground);
  color: var(--ink);
  box-shadow: 0 .2em .6em #0002, 0 1.4em 3.6em #0004;
}
.panel[open] { display: flex; flex-direction: column; animation: come .2s; }
.panel:focus, .log:focus, .stuck:focus { outline: none; }
.panel::backdrop { background: none; }

.head {
  position: relative;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .3em .75em;
  padding: .7em;
  padding-inline-start: 1em;
  border-block-end: 1px solid var(--line);
  background: var(--paper);
}
/* A line for each: nothing jumps when one of them changes. */
.who { flex: 1 1 5em; min-width: 0; }
.who > :first-child { display: flex; align-items: center; column-gap: .45em; }
.who .line * { display: block; }
.who p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who h2 { font-weight: 650; line-height: 1.25; overflow-wrap: break-word; }
.badge { padding: 0 .45em; border: 1px solid var(--line); border-radius: .5em; color: var(--soft); font-size: .75em; font-weight: 600; text-decoration: none; }
[data-is="on"]::before { content: "● "; color: #d1372c; }
.line { color: var(--soft); font-size: .875em; line-height: 1.35; }
.buttons { margin-inline-start: auto; display: flex; align-items: center; gap: .15em; }
.icon {
  display: grid;
  place-items: center;
  width: 2.5em;
  height: 2.5em;
  padding: 0;
  border: 0;
  border-radius: .75em;
  background: none;
  color: var(--soft);
}
.icon:hover { background: var(--tint); color: var(--ink); }
.icon svg { width: 1.35em; height: 1.35em; stroke-width: 2; }
[part="more"] svg, [data-look="thinking"] svg { stroke-width: 3; }
.icon[aria-pressed="true"], .icon[aria-expanded="true"] { background: var(--tint); color: var(--accent); }
.end { padding: .35em .8em; border: 1px solid var(--line); border-radius: .75em; background: var(--paper); font-size: .875em; font-weight: 600; }

/* What is going on: one circle, its icon, and how loud it is. */
.orb { position: relative; display: grid; place-items: center; width: 2.6em; height: 2.6em; flex: none; border-radius: 50%; color: var(--accent); }
.orb::before, .orb::after { content: ""; position: absolute; inset: 0; border-radius: 50%; }
.orb::before { background: var(--tint); transform: scale(calc(1 + .35 * var(--loud, 0))); transition: transform .09s linear; }
.orb::after { border: 2px solid transparent; }
.orb svg { position: relative; }
.orb[data-look="speaking"]::before { background: var(--accent); }
.orb[data-look="speaking"] { color: var(--on-accent); }
.orb[data-look="hearing"]::after, .orb[data-look="listening"]::after { border-color: var(--accent); }
.orb[data-look="thinking"]::after, .orb[data-look="working"]::after { border-color: var(--line); border-block-start-color: var(--accent); animation: turn 1.1s linear infinite; }
.orb[data-look="held"], .orb[data-look="muted"] { color: var(--soft); }
.orb[data-look="held"]::before, .orb[data-look="muted"]::before { background: var(--ground); box-shadow: inset 0 0 0 2px var(--line); }
.orb[data-look="lost"] { color: var(--warn); }
.orb[data-look="lost"]::before { background: var(--warn-ground); }
@keyframes turn { to { transform: rotate(1turn); } }
@keyframes come { from { opacity: 0; } }
.stage { display: grid; justify-items: center; gap: .1em; padding: 1.1em 1em .8em; border-block-end: 1px solid var(--line); background: var(--paper); text-align: center; }
.stage .orb { width: 4.6em; height: 4.6em; margin-block-end: .6em; }
.stage .orb svg { width: 2em; height: 2em; }
.stage .now { font-weight: 600; }
.stage:not(.compact) .line { min-block-size: 1.5em; } /* nothing moves when it is empty */
/* A question is open: it gets the room. */
.compact { grid-template-columns: auto 1fr auto; justify-items: start; align-items: center; column-gap: .9em; padding: .6em 1em; text-align: start; }
.compact .orb { grid-row: 1 / 3; width: 3em; height: 3em; margin: 0; }
.compact .orb svg { width: 1.4em; height: 1.4em; }
.compact .now { align-self: end; }
.compact .line { align-self: start; }
.compact .controls { grid-area: 1 / 3 / 3; padding: 0; }
.compact .control { min-width: 0; }
.compact .control span { width: 3em; height: 3em; }
.controls { display: flex; justify-content: center; gap: .4em; padding-block-start: .7em; }
.control b { font-weight: inherit; }
.control { display: grid; justify-items: center; align-content: start; gap: .3em; min-width: 4.6em; padding: 0; border: 0; border-radius: .75em; background: none; font-size: .8em; line-height: 1.2; color: var(--soft); }
.control span { display: grid; place-items: center; width: 3.4em; height: 3.4em; border: 1px solid var(--line); border-radius: 50%; background: var(--paper); color: var(--ink); }
.end:hover, .control:hover span, .act:hover { border-color: var(--soft); }
.control[aria-pressed="true"] span { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.control:disabled { opacity: .45; cursor: default; }

.banner { display: flex; align-items: center; flex-wrap: wrap; gap: .4em .8em; padding: .6em 1em; border-block-end: 1px solid var(--line); background: var(--warn-ground); color: var(--warn); font-size: .9em; line-height: 1.4; }
.banner p { flex: 1 1 12em; }
.banner .icon { color: inherit; width: 2em; height: 2em; }

.body { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1.1em 1em }
.welcome, .stuck, .aside { text-wrap: balance; }
.welcome { display: grid; justify-items: center; align-content: center; gap: .45em; min-height: 100%; text-align: center; }
.welcome .title { max-width: 15em; font-size: 1.5em; font-weight: 650; line-height: 1.25; letter-spacing: -.01em; }
.welcome .hint { max-width: 22em; color: var(--soft); }
.welcome .talk {
  display: grid;
  place-content: center;
  justify-items: center;
  gap: .35em;
  width: 7em;
  height: 7em;
  margin-block: 1.4em .3em;
  border: 0;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  box-shadow: 0 0 0 .75em var(--tint), 0 1em 2.2em #0002;
  transition: transform .2s;
}
.welcome .talk:hover { transform: scale(1.04); }
.welcome .talk svg { width: 2.3em; height: 2.3em; }
.welcome .talk span { font-weight: 600; }
.small { color: var(--soft); font-size: .85em; }

.log { display: flex; flex-direction: column; gap: .7em; }
.log li, .card { animation: come .3s; }
.turn { display: grid; gap: .2em; max-width: 86%; justify-self: start; align-self: start; }
.turn.caller { align-self: end; justify-items: end; }
.author { padding-inline: .3em; color: var(--soft); font-size: .8em; }
.words { padding: .6em .9em; border: 1px solid var(--line); border-radius: 1.15em; border-end-start-radius: .3em; background: var(--paper); overflow-wrap: anywhere; white-space: pre-wrap; }
.words > * { display: block; }
.caller .words { border-color: transparent; border-end-start-radius: 1.15em; border-end-end-radius: .3em; background: var(--tint); }
.representative .words { border-color: var(--accent); }
.turn[data-final="no"] .words { border: 1px dashed var(--line); }
.nothing { color: var(--soft); font-style: italic; }
.unheard { color: var(--soft); text-decoration: underline dotted; }
.under { padding-inline: .3em; color: var(--soft); font-size: .8em; }
.step { display: flex; align-items: start; gap: .6em; padding-inline: .3em; color: var(--soft); font-size: .9em; overflow-wrap: anywhere; }
.step svg { width: 1.25em; height: 1.25em; margin-block-start: .12em; color: var(--accent); }
.step b { font-weight: 600; color: var(--ink); }
.step[data-status="running"] svg { animation: turn 1.4s linear infinite; }
.step[data-tone="bad"] svg { color: var(--warn); }
.step[data-tone="calm"] svg { color: inherit; }
.aside { align-self: center; max-width: 22em; padding: .3em .9em; border-radius: 1em; background: var(--paper); color: var(--soft); font-size: .875em; text-align: center; }
.sources { display: flex; flex-wrap: wrap; gap: .3em .5em; }
.sources > * { padding: .15em .7em; border: 1px solid var(--line); border-radius: 1em; background: var(--paper); overflow-wrap: anywhere; text-decoration: none; }
.sources a:hover { text-decoration: underline; }
.picture { align-self: end; height: 10em; max-width: 100%; object-fit: cover; border: 1px solid var(--line); border-radius: 1em; }
.latest { position: sticky; inset-block-end: 0; display: block; margin: .6em auto 0; padding: .35em .9em; border: 1px solid var(--line); border-radius: 1em; background: var(--paper); font-size: .85em; }

.cards { display: grid; gap: .6em; max-height: 60%; overflow-y: auto; padding-inline: 1em; }
.cards:not(:empty) { padding-block: .4em .8em; }
.cards > * { scroll-margin: .4em; }
/* A picture for a camera is seen whole, with what it is for. */
.elsewhere .body { display: none; }
.elsewhere .cards { flex: 1; align-content: start; max-height: none; }
.card { display: grid; gap: .6em; padding: .9em 1em 1em; border: 1px solid var(--line); border-radius: 1em; background: var(--paper); }
.card.question { border: 2px solid var(--accent); }
.card h3 { font-weight: 650; line-height: 1.3; }
.question p, .question h3 { overflow-wrap: anywhere; unicode-bidi: plaintext; }
.row { display: flex; flex-wrap: wrap; gap: .5em; }
.act { display: inline-grid; place-items: center; min-height: 2.75em; padding: .4em 1.15em; border: 1px solid var(--line); border-radius: .8em; background: var(--paper); color: var(--ink); font-weight: 600; text-decoration: none; word-break: keep-all; }
.act.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.answered .act { border-color: var(--line); background: none; color: var(--soft); }
.answered .act[aria-pressed="true"] { border-color: var(--ink); background: var(--ink); color: var(--paper); }
.act.main:hover { filter: brightness(1.1); }
.row .act.grow { flex: 1; }
label.field { display: grid; gap: .25em; font-size: .9em; color: var(--soft); }
.input { width: 100%; min-height: 2.75em; padding: .5em .8em; border: 1px solid #7a8985; border-radius: .8em; background: var(--paper); color: var(--ink); font-size: 1em; }
.code { font-size: 1.4em; letter-spacing: .25em; text-align: center; font-variant-numeric: tabular-nums; }
.qr { justify-self: center; width: 10em; background: #fff; }
.qr svg { display: block; width: 100%; height: auto; stroke: #000; stroke-width: 1; stroke-linecap: butt; shape-rendering: crispEdges; }
.address { font-size: .8em; overflow-wrap: anywhere; color: var(--soft); user-select: all; }

.final { margin-block-start: 1em; text-align: center; justify-items: center; }
.final .row { justify-content: center; }
.final legend { margin-inline: auto; }
.final form { display: grid; gap: .7em; width: 100%; justify-items: center; }
.stars { display: flex; justify-content: center; }
.star { display: grid; place-items: center; width: 2.9em; height: 2.9em; border-radius: .8em; color: #6b7a76; cursor: pointer; }
.star svg { width: 1.8em; height: 1.8em; }
.star.on { color: var(--accent); }
.star.on path { fill: currentColor; }
.star:focus-within { outline: 2px solid var(--accent); }

.foot { padding: .7em .8em .8em; border-block-start: 1px solid var(--line); background: var(--paper); }
.composer { display: flex; align-items: end; gap: .4em; }
.composer .box { flex: 1; min-width: 0; display: flex; align-items: end; border: 1px solid #7a8985; border-radius: 1.5em; background: var(--paper); }
.composer .box:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.type { flex: 1; min-width: 0; height: 2.9em; max-height: 8em; padding: .7em 0; padding-inline-start: 1.1em; border: 0; background: none; outline: none; resize: none; line-height: 1.5; }
::placeholder { color: var(--soft); opacity: 1; }
.type:placeholder-shown { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.round { display: grid; place-items: center; width: 2.75em; height: 2.75em; flex: none; padding: 0; border: 0; border-radius: 50%; background: none; color: var(--accent); }
.composer > .round { margin-block-end: .13em; }
.round:hover { background: var(--tint); }
.round.send { width: 2.3em; height: 2.3em; margin: .3em; background: var(--accent); color: var(--on-accent); }
.round.send:disabled { background: var(--ground); color: var(--soft); cursor: default; }
[dir="rtl"] .send svg { transform: scaleX(-1); }
.foot .talk[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); }
.foot .small { display: block; padding-block-start: .5em; text-align: center; }

.menu { position: absolute; inset-block-start: calc(100% - .3em); inset-inline-end: .7em; z-index: 2; display: grid; gap: .7em; width: min(18em, calc(100% - 1.4em)); max-height: 24em; overflow-y: auto; padding: .9em; border: 1px solid var(--line); border-radius: 1em; background: var(--paper); box-shadow: 0 .8em 2.4em #0003; }
.menu .item { display: flex; align-items: center; gap: .7em; padding: .5em .6em; border: 0; border-radius: .7em; background: none; text-align: start; }
.menu .item:hover { background: var(--tint); }
.menu .item svg { color: var(--soft); }

.drop { position: absolute; inset: .5em; z-index: 3; display: grid; place-items: center; border: 2px dashed var(--accent); border-radius: calc(var(--radius) - .3em); background: var(--tint); font-weight: 600; }

.stuck { display: grid; justify-items: center; align-content: center; gap: 1em; min-height: 100%; text-align: center; }
.stuck .row { justify-content: center; }
.stuck > svg { width: 2.6em; height: 2.6em; color: var(--warn); }
.stuck[data-shown="left"] > svg { color: var(--accent); }
.stuck .main ~ .main { border-color: var(--line); background: var(--paper); color: var(--ink); }

:host([display="fill"]) { display: block !important; height: 100% !important; }
:host([display="fill"]) .root { display: block; height: 100%; }
:host([display="fill"]) .panel { position: static; width: 100%; height: 100%; border: 0; border-radius: 0; box-shadow: none; }

@media (max-width: 34em), (max-height: 26em) {
  .panel { inset: 0; width: 100%; height: 100%; height: var(--visible, 100dvh); border: 0; border-radius: 0; padding-block-end: env(safe-area-inset-bottom); }
}
@media (max-width: 24em) {
  .head .orb { display: none; }
  .compact { column-gap: .5em; font-size: .875em; line-height: 1.25; overflow-wrap: anywhere; }
  .compact .orb { width: 2.2em; height: 2.2em; }
}
/* A small window, or a large text: everything scrolls together, and nothing is lost. */
@media (max-height: 30em) {
  .panel[open] { display: block; overflow-y: auto; }
  .body { overflow: visible; min-height: 8em; }
  .cards { max-height: none; }
  .menu { position: static; width: 100%; max-height: none; }
  .panel[open] { scroll-padding-block-start: 5em; }
  .stage { position: sticky; inset-block-start: 0; z-index: 1; }
  .welcome .talk { grid-auto-flow: column; align-items: center; width: auto; height: auto; padding: .5em 1.4em; border-radius: 2.5em; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
  .orb::before { transform: none; }
}
@media (forced-colors: active) {
  .orb, .orb::before, .words, .round, .control span, .act, .card { border: 1px solid CanvasText; }
  .talk, .send, .launcher { border: 1px solid ButtonText !important; }
  .act.main, .act[aria-pressed="true"], .control[aria-pressed="true"] span, .talk[aria-pressed="true"] { border: 3px solid Highlight !important; }
  .star.on path { fill: Highlight; }
}
`;
