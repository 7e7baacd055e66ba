// Drives the GA protocol with @openai/agents-realtime over a WebSocket.
import { readFileSync } from 'node:fs';
import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';

const [url, recording] = process.argv.slice(2);
const seen = {};
const calls = [];

const findOrder = tool({
  name: 'find_order',
  description: 'Find an order.',
  parameters: z.object({ number: z.string() }),
  execute: async (given) => {
    calls.push(JSON.stringify(given));
    return 'shipped';
  },
});
const agent = new RealtimeAgent({ name: 'Support', instructions: 'Be brief.', tools: [findOrder] });
const session = new RealtimeSession(agent, { transport: 'websocket', model: 'gpt-realtime' });

const waiting = [];
const when = (name, test = () => true) =>
  new Promise((resolve) => waiting.push({ name, test, resolve }));
const happened = (name, value) => {
  for (const entry of [...waiting]) {
    if (entry.name === name && entry.test(value)) {
      waiting.splice(waiting.indexOf(entry), 1);
      entry.resolve(value);
    }
  }
};
session.on('agent_end', (_context, _agent, text) => happened('agent_end', text));
session.on('audio_interrupted', () => happened('interrupted'));
session.on('error', (event) => happened('error', event));
session.on('transport_event', (event) => happened(event.type, event));

await session.connect({
  apiKey: 'any',
  url: url.replace('http', 'ws') + '/v1/realtime?model=gpt-realtime',
});

let next = when('agent_end');
session.sendMessage('Hello there');
seen.typed = await next;

next = when('agent_end');
const bytes = readFileSync(recording);
session.sendAudio(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
seen.spoken = await next;

next = when('agent_end', (text) => text.includes('tool'));
session.sendMessage('Please find it');
const answer = await next;
seen.tool = `find_order ${calls[0]}: ${answer}`;

next = when('response.output_audio.delta');
session.sendMessage('Tell me a story');
await next;
next = when('response.done');
session.interrupt();
seen.interrupted = (await next).response.status;

next = when('error');
session.transport.sendEvent({ type: 'conversation.item.delete', item_id: 'item_unknown' });
const failure = await next;
seen.error = failure.error?.error?.code ?? failure.error?.code;

session.close();
console.log(JSON.stringify(seen));
process.exit(0);
