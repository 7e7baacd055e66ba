// What there is where worklets run; TypeScript has no library for it.

declare class AudioWorkletProcessor { readonly port: MessagePort; constructor(options?: unknown); }
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number; declare const currentTime: number; declare const currentFrame: number;
