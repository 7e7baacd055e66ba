// Drives the first preview with rt-client, Azure's sample library.
import { readFileSync } from 'node:fs';
import { RTClient } from 'rt-client';

const [url, recording] = process.argv.slice(2);
const seen = {};
const client = new RTClient(new URL(url.replace('http', 'ws')), { key: 'any' }, { deployment: 'rt-demo' });

const parameters = { type: 'object', properties: { number: { type: 'string' } } };
const tools = [{ type: 'function', name: 'find_order', description: 'Find an order.', parameters }];
await client.configure({ tools, turn_detection: null, modalities: ['audio', 'text'] });

async function said(response) {
  let words = '';
  for await (const item of response) {
    for await (const content of item) {
      const drain = (async () => {
        for await (const _ of content.audioChunks()) {
          // The audio is not looked at here.
        }
      })();
      for await (const chunk of content.transcriptChunks()) words += chunk;
      await drain;
    }
  }
  return words;
}
const ask = (text) =>
  client.sendItem({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });

await ask('Hello there');
seen.typed = await said(await client.generateResponse());

await client.sendAudio(readFileSync(recording));
const input = await client.commitAudio();
await input.waitForCompletion();
seen.spoken = await said(await client.generateResponse());

await ask('Please find it');
let call;
for await (const item of await client.generateResponse()) {
  await item.waitForCompletion();
  call = item;
}
await client.sendItem({ type: 'function_call_output', call_id: call.callId, output: 'shipped' });
const answer = await said(await client.generateResponse());
seen.tool = `${call.functionName} ${call.arguments}: ${answer}`;

await ask('Tell me a story');
const story = await client.generateResponse();
for await (const item of story) {
  for await (const content of item) {
    for await (const _ of content.audioChunks()) break;
    break;
  }
  break;
}
await story.cancel();
seen.interrupted = story.status;

try {
  await client.removeItem('item_unknown');
} catch (error) {
  seen.error = error.code ?? error.message;
}

console.log(JSON.stringify(seen));
process.exit(0);
