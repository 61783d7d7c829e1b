// A provider of texts as a process: Twilio's answer to a send after a latency, and a ledger of all that it accepted. It
// speaks HTTP/1.1 over bare sockets, so that it takes as little as possible of the processor that the contenders share
// with it. The tests' fake can misbehave in any documented way and costs several times as much for a message.
import { createServer } from 'node:net';
import { parse } from 'node:querystring';

let latencyMs = 0;
/** Each is [arrived at, sid, form of the send]. */
let ledger = [];
/** It goes on counting when the ledger is forgotten: no two texts ever have the same sid. */
let accepted = 0;

const routes = {
  'GET /count': () => String(ledger.length),
  'GET /ledger': () =>
    JSON.stringify(
      ledger.map(([at, sid, form]) => ({
        at,
        sid,
        to: form.To,
        body: form.Body,
        callback: form.StatusCallback,
      })),
    ),
  'POST /forget': () => ((ledger = []), ''),
  'POST /latency': (body) => ((latencyMs = Number(body)), ''),
};

function answer(socket, status, body) {
  socket.write(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\n\r\n${body}`,
  );
}

function accept(socket, body) {
  const form = parse(body);
  const sid = `SM${(accepted++).toString(16).padStart(32, '0')}`;
  ledger.push([performance.timeOrigin + performance.now(), sid, form]);
  const date = new Date().toUTCString().replace('GMT', '+0000');
  const uri = `/2010-04-01/Accounts/AC/Messages/${sid}`;
  const text = JSON.stringify({
    account_sid: `AC${'0123456789abcdef'.repeat(2)}`,
    api_version: '2010-04-01',
    body: form.Body,
    date_created: date,
    date_sent: null,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: form.From,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: form.To,
    uri: `${uri}.json`,
  });
  if (latencyMs > 0) setTimeout(answer, latencyMs, socket, '201 Created', text);
  else answer(socket, '201 Created', text);
}

function handle(socket, head, body) {
  const [method, path] = head.split(' ', 2);
  const route = routes[`${method} ${path}`];
  if (route) answer(socket, '200 OK', route(body));
  else if (method === 'POST' && path.endsWith('/Messages.json')) accept(socket, body);
  // Nothing here is ever ambiguous: a contender that asks what became of a text has made a mistake, and stays waiting.
  else answer(socket, '503 Service Unavailable', '{"code":20503,"message":"not here","status":503}');
}

const server = createServer({ noDelay: true }, (socket) => {
  let rest = null;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const data = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const end = data.indexOf('\r\n\r\n', at);
      if (end < 0) break;
      const head = data.latin1Slice(at, end);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const next = end + 4 + length;
      if (data.length < next) break;
      handle(socket, head, data.utf8Slice(end + 4, next));
      at = next;
    }
    rest = at < data.length ? data.subarray(at) : null;
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.on('SIGINT', () => {});
