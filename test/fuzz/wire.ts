import { connect } from 'node:net';
import type { PageCall } from '../support/page-client.js';

export interface RawAnswer {
  /** 0 where the connection ended, or 20 s passed, without an answer. */
  status: number;
  headers: Record<string, string>;
  text: string;
}

export type Pairs = [name: string, value: string][];
export type Upload = NonNullable<PageCall['upload']>;

export type Body =
  | { is: 'json'; value: unknown }
  | { is: 'form'; fields: Pairs; upload?: Upload | undefined }
  | { is: 'raw'; type: string; content: string | Buffer };

/** A Draft is a request before it is written down. */
export interface Draft {
  method: string;
  /** As it stands in the request line, without the query. */
  path: string;
  query: Pairs;
  headers: Pairs;
  body: Body | null;
}

/** JSON that no value of JavaScript becomes, such as -0 and a number beyond 2^53. */
export const rawJson = (text: string) => `@@${text}@@`;

export function bytesOf({ method, path, query, headers, body }: Draft): Buffer {
  const sent = body ? contentOf(body) : null;
  const target = query.length > 0 ? `${path}?${urlEncoded(query)}` : path;
  const own = sent && !headers.some(([name]) => name.toLowerCase() === 'content-type');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(own ? [`content-type: ${sent.type}`] : []),
    ...(sent ? [`content-length: ${sent.bytes.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), sent?.bytes ?? Buffer.alloc(0)]);
}

/** The request as somebody would type it who is signed in, for a report. */
export function curlOf({ method, path, query, headers, body }: Draft): string {
  const content = body ? contentOf(body) : null;
  const target = query.length > 0 ? `${path}?${urlEncoded(query)}` : path;
  const flags = headers.map(([name, value]) => `-H ${JSON.stringify(`${name}: ${shortened(value)}`)}`);
  const type = content && body?.is === 'raw' ? [`-H ${JSON.stringify(`content-type: ${content.type}`)}`] : [];
  const data = content ? [`-d ${JSON.stringify(shortened(content.bytes.toString()))}`] : [];
  return [`curl -X ${method} '${shortened(target)}'`, ...flags, ...type, ...data].join(' ');
}

const shortened = (text: string) =>
  text.length > 700 ? `${text.slice(0, 600)}… (${text.length} characters)` : text;

function contentOf(body: Body): { type: string; bytes: Buffer } {
  if (body.is === 'raw') return { type: body.type, bytes: Buffer.from(body.content) };
  if (body.is === 'json') {
    const text = JSON.stringify(body.value) ?? '';
    return { type: 'application/json', bytes: Buffer.from(text.replace(/"@@(.*?)@@"/g, '$1')) };
  }
  if (!body.upload) {
    return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(urlEncoded(body.fields)) };
  }
  const boundary = 'a-boundary-of-fuzz';
  const { field, name, type, content } = body.upload;
  const part = (disposition: string, value: string | Buffer) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]);
  const file = part(`name="${field}"; filename="${name}"\r\ncontent-type: ${type}`, content);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([
      ...body.fields.map(([key, value]) => part(`name="${key}"`, value)),
      file,
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}

function urlEncoded(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
}

/** Half of a character has no UTF-8: it is sent as bytes that a strict decoder refuses. */
function encoded(text: string): string {
  const parts = text.split(/([\ud800-\udfff])/u);
  return parts.map((part, i) => (i % 2 === 1 ? '%ED%A0%80' : encodeURIComponent(part))).join('');
}

const longestWaitMs = 20_000;

export function exchange(port: number, request: Buffer): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const done = () => {
      socket.destroy();
      resolve(answerOf(Buffer.concat(chunks)));
    };
    socket.setTimeout(longestWaitMs, done);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', done);
    // What was answered before the connection broke is read all the same.
    socket.on('error', () => undefined);
  });
}

function answerOf(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(end + 4);
  const content = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : rest;
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: end < 0 ? '' : content.toString() };
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = parseInt(bytes.subarray(at, lineEnd).toString(), 16);
    if (!size) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
