/**
 * @param {{phase: string, connection: string, isOffline: boolean, activity: string, floor: string, microphone: string, person: string | null,
 *   doing: string | null, awaitsApproval: boolean}} now
 * @param {Record<string, string>} texts
 * @returns {{look: Look, line: string, turn: string}}
 */
export function presence(now: {
    phase: string;
    connection: string;
    isOffline: boolean;
    activity: string;
    floor: string;
    microphone: string;
    person: string | null;
    doing: string | null;
    awaitsApproval: boolean;
}, texts: Record<string, string>): {
    look: Look;
    line: string;
    turn: string;
};
export namespace GLYPHS {
    let idle: string;
    let listening: string;
    let hearing: string;
    let thinking: string;
    let working: string;
    let speaking: string;
    let held: string;
    let muted: string;
    let lost: string;
}
export type Look = "idle" | "listening" | "hearing" | "thinking" | "working" | "speaking" | "held" | "muted" | "lost";
