// What was said, as it is shown: deltas become whole texts, and a turn that comes again replaces itself.

/**
 * @typedef {object} Caption
 * @property {string} turnId grows in the order spoken, also where captions arrive in another order
 * @property {"caller" | "agent" | "representative" | "system"} role
 * @property {string} text always whole
 * @property {boolean} isFinal it is on record, and does not change any more
 * @property {string} [heardText] of a final caption of the agent's: what the caller heard of it
 * @property {boolean} [isInterrupted]
 * @property {string} [notice] what the service says itself, without the agent
 * @property {string} [itemId] the sound that it belongs to
 * @property {number} [firstAudioMs] of a final caption of the agent's: how long the caller had waited for it
 * @property {number} [picture] of the caller's: the number of the picture that it is
 */

const PICTURE = /^\[picture (\d{1,3})\]$/;

export class Captions {
  constructor() {
    /** @type {Map<string, Caption>} */
    this.byTurn = new Map();
  }

  /**
   * Take what a `transcript` message tells.
   * @param {any} told
   * @returns {Caption}
   */
  take({ delta, ...told }) {
    const known = this.byTurn.get(told.turnId);
    /** @type {Caption} */
    const caption = { ...known, ...told, text: told.text ?? (known?.text ?? "") + delta };
    const picture = caption.role === "caller" ? PICTURE.exec(caption.text) : null;
    if (picture) {
      caption.picture = Number(picture[1]);
    }
    this.byTurn.set(caption.turnId, caption);
    return caption;
  }

  /** @returns {Caption[]} in the order spoken */
  all() {
    return [...this.byTurn.values()].sort((a, b) => (a.turnId < b.turnId ? -1 : 1));
  }
}
