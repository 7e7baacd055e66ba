// Calls an agent with @openai/agents-realtime over a WebSocket.
import { RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';

const [url, ticket] = process.argv.slice(2);
const seen = {};
const session = new RealtimeSession(new RealtimeAgent({ name: 'Support' }), {
  transport: 'websocket',
  model: 'support',
});

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
session.on('error', (event) => happened('error', event));
session.on('transport_event', (event) => happened(event.type, event));

await session.connect({
  apiKey: ticket,
  url: url.replace('http', 'ws') + '/v1/realtime?model=support',
});

let next = when('agent_end', (text) => text.includes('1004'));
session.sendMessage('Where is my order 1004?');
seen.answer = await next;

next = when('response.output_audio.delta');
session.sendMessage('Where is my order 1004?');
await next;
next = when('response.done');
session.interrupt();
seen.interrupted = (await next).response.status;

next = when('error');
session.transport.sendEvent({ type: 'input_audio_buffer.clear' });
const failure = await next;
seen.error = failure.error?.error?.code ?? failure.error?.code;

session.close();
console.log(JSON.stringify(seen));
process.exit(0);
