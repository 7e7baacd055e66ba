/** Converts between two rates by a windowed sinc, in phases. */
export class Resampler {
    /**
     * @param {number} from
     * @param {number} to
     */
    constructor(from: number, to: number);
    phases: number;
    step: number;
    half: number;
    taps: number;
    table: Float32Array<ArrayBuffer>;
    window: Float32Array<ArrayBuffer>;
    at: number;
    phase: number;
    /** How much later a sample comes out, in seconds of the rate that goes in. */
    get delay(): number;
    /** @param {number} sample */
    put(sample: number): void;
    /** Whether another sample has to be put before the next one can be taken. */
    get isHungry(): boolean;
    take(): number;
}
/**
 * offset in
 *   samples; `at`: how many of them have been taken
 */
export type Piece = {
    itemId: string;
    offset: number;
    samples: Int16Array;
    at: number;
};
/**
 * what the device
 *   puts out from the frame `from` on
 */
export type Stretch = {
    itemId: string;
    offset: number;
    count: number;
    from: number;
};
