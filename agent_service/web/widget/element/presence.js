// What is going on and whose turn it is, in one look and two lines. Pure.

import { ICONS } from "./icons.js";

/**
 * @typedef {"idle" | "listening" | "hearing" | "thinking" | "working" | "speaking" | "held" | "muted" | "lost"} Look
 */

/** An icon for each, so that colour and motion are never all that tells one look from another. */
export const GLYPHS = {
  idle: ICONS.bubble,
  listening: ICONS.microphone,
  hearing: ICONS.microphone,
  thinking: ICONS.dots,
  working: ICONS.search,
  speaking: ICONS.wave,
  held: ICONS.pause,
  muted: ICONS.mute,
  lost: ICONS.warning,
};

/**
 * @param {{phase: string, connection: string, isOffline: boolean, activity: string, floor: string, microphone: string, person: string | null,
 *   doing: string | null, awaitsApproval: boolean}} now
 * @param {Record<string, string>} texts
 * @returns {{look: Look, line: string, turn: string}}
 */
export function presence(now, texts) {
  const isSpoken = now.microphone === "on" || now.microphone === "muted";
  if (now.phase === "connecting" && now.microphone === "opening") {
    return { look: "listening", line: texts.allow, turn: "" };
  }
  if (now.phase === "connecting") {
    return { look: "thinking", line: texts.connecting, turn: "" };
  }
  if (now.phase !== "live") {
    return { look: "idle", line: texts.ai, turn: "" };
  }
  if (now.connection === "lost" || now.connection === "connecting") {
    return { look: "lost", line: now.isOffline ? texts.noLine : texts.connecting, turn: "" };
  }
  if (now.activity === "held") {
    return { look: "held", line: texts.held, turn: texts.heldTurn };
  }
  if (now.doing !== null && now.activity !== "speaking") {
    return { look: "working", line: now.doing, turn: "" };
  }
  if (now.activity === "working") {
    return { look: "working", line: texts.working, turn: "" };
  }
  if (now.person !== null && !isSpoken) {
    return { look: "idle", line: texts.representative, turn: "" };
  }
  if (now.activity === "speaking" || (now.floor === "agent" && now.person === null)) {
    return isSpoken
      ? { look: "speaking", line: texts.speaking, turn: now.microphone === "muted" ? texts.muted : texts.speakingTurn }
      : { look: "thinking", line: texts.writing, turn: "" };
  }
  if (now.activity === "thinking") {
    return { look: "thinking", line: texts.thinking, turn: "" };
  }
  if (!isSpoken) {
    return { look: "idle", line: texts.typedTurn, turn: now.awaitsApproval ? texts.approvalTurn : "" };
  }
  if (now.microphone === "muted") {
    return { look: "muted", line: texts.muted, turn: "" };
  }
  if (now.floor === "caller") {
    return { look: "hearing", line: texts.hearing, turn: "" };
  }
  const turn = now.awaitsApproval ? texts.approvalTurn : texts.listeningTurn;
  return { look: "listening", line: texts.listening, turn };
}
