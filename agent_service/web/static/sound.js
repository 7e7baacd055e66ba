// Microphone and loudspeaker of the page. Sound is PCM16 mono at 24 kHz.

const RATE = 24000;

/** Plays the agent's audio; onPlayed(itemId, playedMs) tells how far it came. */
export class Speaker {
  constructor(context, onPlayed) {
    this.node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0 });
    this.node.port.onmessage = ({ data }) => onPlayed(data.itemId, data.playedMs);
    this.node.connect(context.destination);
  }

  play({ itemId, offsetMs, samples }) {
    this.node.port.postMessage({ itemId, offsetMs, samples }, [samples.buffer]);
  }

  clear(itemId) {
    this.node.port.postMessage({ clear: itemId });
  }
}

/** Open the loudspeaker; call it from a click, as browsers demand. */
export async function openSpeaker(onPlayed) {
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule("/static/playback-worklet.js");
  await context.resume();
  return { speaker: new Speaker(context, onPlayed), context };
}

/** Open the microphone; onAudio(buffer) gets PCM16. Returns what closes it. */
export async function openMicrophone(onAudio) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
  });
  const [context, source] = connect(stream);
  await context.audioWorklet.addModule("/static/capture-worklet.js");
  const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
  node.port.onmessage = ({ data }) => onAudio(data);
  source.connect(node);
  await context.resume();
  return () => {
    stream.getTracks().forEach((track) => track.stop());
    void context.close();
  };
}

function connect(stream) {
  // Some browsers only take the microphone at its own rate; the worklet converts then.
  for (const options of [{ sampleRate: RATE }, {}]) {
    const context = new AudioContext(options);
    try {
      return [context, context.createMediaStreamSource(stream)];
    } catch (error) {
      void context.close();
      if (error.name !== "NotSupportedError" || options.sampleRate === undefined) {
        throw error;
      }
    }
  }
  throw new Error("unreachable");
}
