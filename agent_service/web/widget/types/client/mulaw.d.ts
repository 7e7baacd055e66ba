export function fromMulaw(codes: Uint8Array): Int16Array;
export function toMulaw(samples: Int16Array): Uint8Array;
