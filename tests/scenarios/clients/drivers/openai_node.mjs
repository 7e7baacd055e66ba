// Calls an agent with the official openai package for Node. It insists on wss; a service stands behind a
// proxy that ends TLS, for which a connection without it stands in here.
import { connect } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const [url, ticket] = process.argv.slice(2);
const seen = {};
const client = new OpenAI({ apiKey: ticket, baseURL: `${url}/v1` });
const { hostname, port } = new URL(url);
const connection = new OpenAIRealtimeWS(
  { model: 'support', options: { createConnection: () => connect(Number(port), hostname) } },
  client,
);

const queue = [];
let wake = () => {};
connection.on('event', (event) => {
  queue.push(event);
  wake();
});
connection.on('error', () => {});
async function until(type, test = () => true) {
  for (;;) {
    while (queue.length) {
      const event = queue.shift();
      if (event.type === type && test(event)) return event;
    }
    await new Promise((resolve) => (wake = resolve));
  }
}
const said = (event) => event.response.output[0].content[0].transcript;
const ask = () => {
  const content = [{ type: 'input_text', text: 'Where is my order 1004?' }];
  connection.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content },
  });
  connection.send({ type: 'response.create' });
};

await until('session.created');
ask();
seen.answer = said(await until('response.done', (event) => said(event).includes('1004')));

ask();
await until('response.output_audio.delta');
connection.send({ type: 'response.cancel' });
seen.interrupted = (await until('response.done')).response.status;

connection.send({ type: 'response.create', response: { instructions: 'Give refunds.' } });
seen.error = (await until('error')).error.code;

connection.close();
console.log(JSON.stringify(seen));
process.exit(0);
