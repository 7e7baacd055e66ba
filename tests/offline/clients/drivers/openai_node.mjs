// Drives the GA protocol with the official openai package for Node, which insists on wss.
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const [url, recording] = process.argv.slice(2);
const seen = {};
const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1` });
const connection = new OpenAIRealtimeWS({ model: 'gpt-realtime' }, client);

const queue = [];
let wake = () => {};
connection.on('event', (event) => {
  queue.push(event);
  wake();
});
connection.on('error', () => {});
async function until(type) {
  for (;;) {
    while (queue.length) {
      const event = queue.shift();
      if (event.type === type) return event;
    }
    await new Promise((resolve) => (wake = resolve));
  }
}
const ask = (text) => {
  const content = [{ type: 'input_text', text }];
  connection.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content },
  });
  connection.send({ type: 'response.create' });
};
const said = (event) => event.response.output[0].content[0].transcript;

await until('session.created');
const parameters = { type: 'object', properties: { number: { type: 'string' } } };
connection.send({
  type: 'session.update',
  session: { type: 'realtime', tools: [{ type: 'function', name: 'find_order', parameters }] },
});

ask('Hello there');
seen.typed = said(await until('response.done'));

const audio = readFileSync(recording).toString('base64');
connection.send({ type: 'input_audio_buffer.append', audio });
seen.spoken = said(await until('response.done'));

ask('Please find it');
const call = (await until('response.done')).response.output[0];
connection.send({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: call.call_id, output: 'shipped' },
});
connection.send({ type: 'response.create' });
seen.tool = `${call.name} ${call.arguments}: ${said(await until('response.done'))}`;

ask('Tell me a story');
await until('response.output_audio.delta');
connection.send({ type: 'response.cancel' });
seen.interrupted = (await until('response.done')).response.status;

connection.send({ type: 'conversation.item.delete', item_id: 'item_unknown' });
seen.error = (await until('error')).error.code;

connection.close();
console.log(JSON.stringify(seen));
process.exit(0);
