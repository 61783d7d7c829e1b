// A fake provider as a process: prints its address on one line, and ends when its standard input does.
import { register } from 'node:module';

register('./typescript.hooks.mjs', import.meta.url);

const { FakeProviderServer } = await import('./fake-twilio.server.ts');
const { wires } = await import('./fake-wires.ts');
const server = new FakeProviderServer(wires[process.argv[2]]());
const port = await server.listen(Number(process.argv[3] ?? 0));
console.log(`http://127.0.0.1:${port}`);

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
// A Ctrl-C meant for the test reaches every process of its group; this one outlives the service, not the test.
process.on('SIGINT', () => {});
