#!/usr/bin/env node
// chorong-witness: a witness of transparency logs (https://c2sp.org/tlog-witness) in one file that needs Node 18 and nothing else.
// It remembers the last checkpoint of each log that it was told of, signs a newer one only when the log has proved that it begins
// with the one before, and so makes a log that shows different people different things, or takes something back, show itself.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `node chorong-witness.mjs --name NAME --log KEY [--log KEY]… [--dir FOLDER] [--host HOST] [--port PORT]

  --name  what this witness is called in its signatures, such as audit.example.go.kr/witness; it never changes
  --log   the verifier key of a log to be witnessed: name+id+base64
  --dir   where its key and what it knows of each log are kept; one process alone may use it. Default: witness
  --host, --port  where it listens. Default: 127.0.0.1 and 8580
`;

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    log: { type: 'string', multiple: true },
    dir: { type: 'string', default: 'witness' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8580' },
  },
});
if (!values.name || !/^[^\s+]+$/.test(values.name) || !values.log) {
  process.stderr.write(usage);
  process.exit(2);
}

const sha256 = (...parts) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();
const publicKeyOf = (raw) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
const keyIdOf = (name, typed) => sha256(`${name}\n`, typed).subarray(0, 4);

/** A refusal with its status of HTTP. */
class Refusal extends Error {
  constructor(status, body, type = 'text/plain; charset=utf-8') {
    super(body);
    Object.assign(this, { status, body, type });
  }
}

/** Writes a file whole or not at all, and on the disk before it returns: what was signed must not be forgotten. */
function store(path, content) {
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
  const folder = openSync(values.dir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

mkdirSync(values.dir, { recursive: true, mode: 0o700 });
const keyPath = join(values.dir, 'key');
if (!existsSync(keyPath)) store(keyPath, `${randomBytes(32).toString('base64')}\n`);
const privateKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(readFileSync(keyPath, 'utf8'), 'base64'),
  ]),
  format: 'der',
  type: 'pkcs8',
});
const own = Buffer.concat([
  Buffer.from([4]),
  Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x, 'base64url'),
]);
const ownId = keyIdOf(values.name, own);

/** The keys of each log, by its origin. */
const logs = new Map();
for (const key of values.log) {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(key) ?? [];
  const typed = Buffer.from(base64 ?? '', 'base64');
  if (typed.length !== 33 || typed[0] !== 1 || keyIdOf(name, typed).toString('hex') !== id) {
    process.stderr.write(`"${key}" is no verifier key of Ed25519.\n`);
    process.exit(2);
  }
  logs.set(name, [...(logs.get(name) ?? []), { id, publicKey: publicKeyOf(typed.subarray(1)) }]);
}

const pathOf = (origin) => join(values.dir, sha256(origin).toString('hex'));
const knownOf = (origin) =>
  existsSync(pathOf(origin)) ? JSON.parse(readFileSync(pathOf(origin), 'utf8')) : { size: 0 };

/** Takes a request's body apart. Throws a refusal when it is not written as the specification has it. */
function requestOf(body) {
  const [, old, lines, text, signatures] =
    /^old (0|[1-9]\d{0,14})\n((?:[A-Za-z0-9+/=]{44}\n){0,63})\n((?:[^\n]+\n){3,})\n((?:— [^\n]+\n)+)$/.exec(
      body,
    ) ?? [];
  const [origin, size, root] = text?.split('\n') ?? [];
  if (!/^(0|[1-9]\d{0,14})$/.test(size ?? '') || !/^[A-Za-z0-9+/]{43}=$/.test(root))
    throw new Refusal(400, 'This is no request of tlog-witness.\n');
  const proof = lines
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line, 'base64'));
  return {
    oldSize: Number(old),
    proof,
    text,
    signatures,
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
  };
}

/** Returns the lines by which the log has signed. Throws when there is none, or one that names its key is not its own. */
function signedBy(keys, { origin, text, signatures }) {
  const lines = signatures.split('\n').filter((line) => {
    const [, name, base64 = ''] = line.split(' ');
    const signature = Buffer.from(base64, 'base64');
    const key = name === origin && keys.find(({ id }) => id === signature.toString('hex', 0, 4));
    if (key && !verify(null, Buffer.from(text), key.publicKey, signature.subarray(4)))
      throw new Refusal(403, 'The log’s signature is wrong.\n');
    return key;
  });
  if (lines.length === 0) throw new Refusal(403, 'The log has not signed this.\n');
  return lines;
}

/** Checks a consistency proof (RFC 9162, 2.1.4.2). */
function isConsistent({ oldSize, size, root, proof }, oldRoot) {
  if (oldSize === 0) return proof.length === 0 && (size > 0 || root.equals(sha256('')));
  if (oldSize === size) return proof.length === 0 && root.equals(oldRoot);
  const node = (left, right) => sha256([1], left, right);
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : proof;
  let [fn, sn] = [BigInt(oldSize - 1), BigInt(size - 1)];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [fr, sr] = [path[0], path[0]];
  if (!fr) return false;
  for (const c of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      [fr, sr] = [node(c, fr), node(c, sr)];
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = node(sr, c);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && fr.equals(oldRoot) && sr.equals(root);
}

/** Checks a checkpoint, remembers it, and returns the cosignature. Nothing waits in here, so that no two requests overlap. */
function addCheckpoint(body) {
  const request = requestOf(body);
  const { origin, oldSize, size, root, text } = request;
  const keys = logs.get(origin);
  if (!keys) throw new Refusal(404, 'This log is not known here.\n');
  const lines = signedBy(keys, request);
  if (oldSize > size) throw new Refusal(400, 'The old size is above the new one.\n');
  const known = knownOf(origin);
  if (oldSize !== known.size) throw new Refusal(409, `${known.size}\n`, 'text/x.tlog.size');
  if (!isConsistent(request, Buffer.from(known.root ?? '', 'base64'))) {
    process.stderr.write(
      `${new Date().toISOString()} NOT CONSISTENT with ${known.size} entries known of ${origin}:\n${body}\n`,
    );
    throw new Refusal(422, 'The log does not begin as it was known here.\n');
  }
  const time = Math.floor(Date.now() / 1000);
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey);
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const line = `— ${values.name} ${Buffer.concat([ownId, stamp, signature]).toString('base64')}\n`;
  store(
    pathOf(origin),
    JSON.stringify({ size, root: root.toString('base64'), note: `${text}\n${lines.join('\n')}\n${line}` }),
  );
  return line;
}

/** Reads a body of at most 64 kB. */
async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > 65_536) throw new Refusal(413, 'That is too much.\n');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function answerTo(request) {
  if (request.method === 'POST' && request.url?.endsWith('/add-checkpoint'))
    return addCheckpoint(await bodyOf(request));
  const [, hash] = /\/([0-9a-f]{64})\/checkpoint$/.exec(request.url ?? '') ?? [];
  const origin = [...logs.keys()].find((name) => sha256(name).toString('hex') === hash);
  const { note } = request.method === 'GET' && origin ? knownOf(origin) : {};
  if (!note) throw new Refusal(404, 'There is nothing here.\n');
  return note;
}

const server = createServer((request, response) => {
  answerTo(request).then(
    (body) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(body),
    (error) => {
      if (!(error instanceof Refusal)) process.stderr.write(`${new Date().toISOString()} ${error.stack}\n`);
      const {
        status = 500,
        body = 'Something went wrong here.\n',
        type = 'text/plain; charset=utf-8',
      } = error;
      response.writeHead(status, { 'content-type': type }).end(body);
    },
  );
});
server.requestTimeout = 10_000;
server.listen(Number(values.port), values.host, () => {
  process.stdout.write(`${values.name}+${ownId.toString('hex')}+${own.toString('base64')}\n`);
  process.stdout.write(`listens at http://${values.host}:${server.address().port}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(0)));
