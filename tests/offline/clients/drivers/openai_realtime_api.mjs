// Drives the beta protocol with openai-realtime-api, the beta reference client's code line.
import { readFileSync } from 'node:fs';
import { RealtimeClient } from 'openai-realtime-api';

const [url, recording] = process.argv.slice(2);
const seen = {};
const errors = [];
const client = new RealtimeClient({
  url: url.replace('http', 'ws') + '/v1/realtime',
  apiKey: 'any',
  model: 'gpt-4o-realtime-preview',
});
client.realtime.on('server.error', (event) => errors.push(event.error.code));
client.on('error', () => {});

const call = { arguments: '' };
client.addTool(
  {
    name: 'find_order',
    description: 'Find an order.',
    parameters: { type: 'object', properties: { number: { type: 'string' } } },
  },
  async (given) => {
    call.arguments = JSON.stringify(given);
    return 'shipped';
  },
);

const done = () => client.realtime.waitForNext('server.response.done');
const ask = (text) => client.sendUserMessageContent([{ type: 'input_text', text }]);
const said = (event) => event.response.output[0].content[0].transcript;

await client.connect();
await client.waitForSessionCreated();

let next = done();
ask('Hello there');
seen.typed = said(await next);

client.updateSession({ turn_detection: { type: 'server_vad' } });
next = done();
const samples = readFileSync(recording);
client.realtime.send('input_audio_buffer.append', { audio: samples.toString('base64') });
seen.spoken = said(await next);

next = done();
ask('Please find it');
await next;
const answer = said(await done());
seen.tool = `find_order ${call.arguments}: ${answer}`;

ask('Tell me a story');
const delta = await client.realtime.waitForNext('server.response.audio.delta');
next = done();
client.cancelResponse(delta.item_id, 240);
seen.interrupted = (await next).response.status;

client.deleteItem('item_unknown');
await client.realtime.waitForNext('server.error');
seen.error = errors.at(-1);

client.disconnect();
console.log(JSON.stringify(seen));
process.exit(0);
