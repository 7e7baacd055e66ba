// Where the browser takes no echo out of the microphone, the agent must not hear itself: while it
// sounds, only what is louder than its echo could be counts as the caller, until they pause.

const SOUNDS_ON_FRAMES = 15;
const CALLER_FRAMES = 3;
const PAUSE_FRAMES = 25;
const LOUDER_THAN = 0.8;
const QUIETEST_CALLER = 0.05;

export class EchoGuard {
  constructor() {
    this.isNeeded = false;
    this.loudest = 0; // of the agent, a moment ago
    this.since = SOUNDS_ON_FRAMES; // frames since the agent sounded
    this.loud = 0;
    this.quiet = PAUSE_FRAMES;
  }

  /** @param {number} level of the agent's sound, as it leaves */
  sounds(level) {
    this.loudest = Math.max(level, this.loudest * 0.9);
    if (level > 0.001) {
      this.since = 0;
    }
  }

  /**
   * Whether a frame of the microphone's is the caller.
   * @param {number} level
   */
  passes(level) {
    this.since += 1;
    // Also while nothing sounds: who spoke before an answer does not speak into it.
    const isLoud = level > Math.max(QUIETEST_CALLER, this.loudest * LOUDER_THAN);
    this.loud = isLoud ? this.loud + 1 : 0;
    this.quiet = isLoud ? 0 : this.quiet + 1;
    if (this.loud >= CALLER_FRAMES) {
      this.isCaller = true;
    } else if (this.quiet >= PAUSE_FRAMES) {
      this.isCaller = false;
    }
    return this.isCaller || !this.isNeeded || this.since > SOUNDS_ON_FRAMES;
  }

  isCaller = false;
}
