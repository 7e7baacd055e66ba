// G.711 µ-law, a byte a sample: for lines that are slower than the sound.

const SAMPLES = Int16Array.from({ length: 256 }, (_, code) => {
  const turned = ~code & 255;
  const size = ((((turned & 15) * 2 + 33) << ((turned >> 4) & 7)) - 33) * 4;
  return code < 128 ? -size : size;
});

/**
 * @param {Uint8Array} codes
 * @returns {Int16Array}
 */
export const fromMulaw = (codes) => Int16Array.from(codes, (code) => SAMPLES[code]);

/**
 * @param {Int16Array} samples
 * @returns {Uint8Array}
 */
export const toMulaw = (samples) =>
  Uint8Array.from(samples, (sample) => {
    const size = Math.min(((sample < 0 ? ~sample : sample) >> 2) + 33, 0x1fff);
    const segment = 31 - Math.clz32(size) - 4;
    const code = ((8 - segment) << 4) | (15 - ((size >> segment) & 15));
    return sample < 0 ? code : code | 0x80;
  });
