export class Captions {
    /** @type {Map<string, Caption>} */
    byTurn: Map<string, Caption>;
    /**
     * Take what a `transcript` message tells.
     * @param {any} told
     * @returns {Caption}
     */
    take({ delta, ...told }: any): Caption;
    /** @returns {Caption[]} in the order spoken */
    all(): Caption[];
}
export type Caption = {
    /**
     * grows in the order spoken, also where captions arrive in another order
     */
    turnId: string;
    role: "caller" | "agent" | "representative" | "system";
    /**
     * always whole
     */
    text: string;
    /**
     * it is on record, and does not change any more
     */
    isFinal: boolean;
    /**
     * of a final caption of the agent's: what the caller heard of it
     */
    heardText?: string | undefined;
    isInterrupted?: boolean | undefined;
    /**
     * what the service says itself, without the agent
     */
    notice?: string | undefined;
    /**
     * the sound that it belongs to
     */
    itemId?: string | undefined;
    /**
     * of a final caption of the agent's: how long the caller had waited for it
     */
    firstAudioMs?: number | undefined;
    /**
     * of the caller's: the number of the picture that it is
     */
    picture?: number | undefined;
};
