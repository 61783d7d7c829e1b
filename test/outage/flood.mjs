// A flood of strangers, as a process of its own so that it does not hold up what is measured. Ends with its runner.
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [address, wanted = '{}'] = process.argv.slice(2);
const { parallel = 0, slow = 0, pipelined = 0 } = JSON.parse(wanted);
const url = new URL(address);
const paths = [
  '/genuine',
  '/console/sign-in',
  '/console/welcome/a-link-of-nobody',
  '/console',
  '/api/v1/contracts',
];
const agent = new Agent({ keepAlive: true, maxSockets: parallel });
const counts = { answered: {}, failed: 0, slowClosed: 0, pipesClosed: 0 };

function ask(path) {
  return new Promise((resolve) => {
    const request = get(new URL(path, url), { agent, timeout: 20_000 }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

async function loop(first) {
  for (let n = first; ; n += 1) {
    const status = await ask(paths[n % paths.length]);
    if (status === null) counts.failed += 1;
    else counts.answered[status] = (counts.answered[status] ?? 0) + 1;
    // Nothing is there to be flooded: not as fast as a loop can turn.
    if (status === null) await sleep(50);
  }
}

/** Opens a connection, and another one when it was closed. */
function hold(first, closed) {
  const socket = connect(Number(url.port), url.hostname, () => socket.write(first));
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.on('close', () => {
    counts[closed] += 1;
    setTimeout(() => hold(first, closed), 500);
  });
}

for (let n = 0; n < parallel; n += 1) loop(n);
for (let n = 0; n < slow; n += 1)
  hold('POST /console/sign-in HTTP/1.1\r\nHost: h\r\nContent-Le', 'slowClosed');
if (pipelined > 0) hold('GET /genuine HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(pipelined), 'pipesClosed');

process.stdin.resume();
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit()));
process.stdin.on('end', () => process.exit());
