import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { All, Controller } from '@nestjs/common';
import { Public } from '../src/core/access/rules.js';
import { ok } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;
let worker: TestService;
let port: number;

const portOf = async (app: TestService) => {
  await app.app.listen(0, '127.0.0.1');
  return Number(new URL(await app.app.getUrl()).port);
};

/** Answers when a test lets it. */
@Controller('hanging')
@Public()
class Hanging {
  static readonly waiting: (() => void)[] = [];

  @All()
  wait(): Promise<object> {
    return new Promise((resolve) => Hanging.waiting.push(() => resolve({})));
  }
}

beforeAll(async () => {
  service = await startService({
    environment: { REQUEST_STALL_SECONDS: '1' },
    limits: { abandonedMs: 100 },
    controllers: [Hanging],
  });
  port = await portOf(service);
});

afterAll(async () => {
  await service.close();
});

/** A connection on which a test writes bytes of its own. */
class Line {
  heard = '';
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.heard += chunk.toString()));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
  }

  static async open(to = port): Promise<Line> {
    const socket = connect(to, '127.0.0.1');
    await once(socket, 'connect');
    return new Line(socket);
  }

  write(text: string): this {
    this.socket.write(text);
    return this;
  }

  get answers(): { status: number; headers: string; body: string }[] {
    return this.heard.split(/(?=HTTP\/1\.1 \d)/).flatMap((answer) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
      const [headers = '', body = ''] = answer.split('\r\n\r\n');
      return status ? [{ status: Number(status), headers: headers.toLowerCase(), body }] : [];
    });
  }
}

async function answerTo(text: string, to = port) {
  const line = (await Line.open(to)).write(text);
  const answer = await until(`an answer to ${text.slice(0, 60)}`, () => line.answers[0]);
  line.socket.destroy();
  return answer;
}

const host = 'Host: chorong.example\r\nConnection: close\r\n';
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\n${host}${more}\r\n`;
const post = (path: string, more: string, body = '') => `POST ${path} HTTP/1.1\r\n${host}${more}\r\n${body}`;
const json = 'Content-Type: application/json\r\n';
const form = 'Content-Type: application/x-www-form-urlencoded\r\n';

const refusals: [what: string, request: string, status: number, code: string][] = [
  ['an address that cannot be decoded', get('/console/%E0%A4%A'), 400, 'malformed'],
  ['another one', get('/api/v1/%zz'), 400, 'malformed'],
  ['an address where nothing is', get('/nothing'), 404, 'not-found'],
  ['a method that nothing takes', `PROPFIND /api/v1/contracts HTTP/1.1\r\n${host}\r\n`, 404, 'not-found'],
  [
    'a body that is too large',
    post('/api/v1/contracts', `${json}Content-Length: 3000000\r\n`),
    413,
    'body-too-large',
  ],
  ['a parameter that is too long', get(`/api/v1/contracts/${'a'.repeat(300)}`), 414, 'address-too-long'],
  [
    'a body of no known type',
    post('/console/sign-in', 'Content-Type: text/x\r\nContent-Length: 1\r\n', 'x'),
    415,
    'unsupported-media-type',
  ],
  [
    'a body that is no JSON',
    post('/api/v1/contracts', `${json}Content-Length: 1\r\n`, '{'),
    400,
    'malformed',
  ],
  ['an expectation', get('/genuine', 'Expect: the-moon\r\n'), 417, 'expectation-failed'],
  ['headers that are too large', get('/genuine', `X: ${'a'.repeat(20_000)}\r\n`), 431, 'headers-too-large'],
  ['no host', 'GET /genuine HTTP/1.1\r\n\r\n', 400, 'malformed'],
  ['what is no HTTP', 'HELO chorong\r\n\r\n', 400, 'malformed'],
  [
    'two lengths of one body',
    post('/console/sign-in', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
    'malformed',
  ],
  [
    'a piece of a body without a size',
    post('/console/sign-in', `${form}Transfer-Encoding: chunked\r\n`, 'zz\r\n\r\n'),
    400,
    'malformed',
  ],
];

/** What every answer of ours has, whichever part of the service gives it. */
function expectProblem(answer: Awaited<ReturnType<typeof answerTo>>, status: number, code: string) {
  expect(answer.status).toBe(status);
  expect(answer.headers).toContain('content-type: application/problem+json');
  expect(answer.headers).toContain("content-security-policy: default-src 'none'");
  expect(answer.headers).toContain('x-content-type-options: nosniff');
  expect(answer.headers).toContain('strict-transport-security: ');
  expect(answer.headers).toContain('cache-control: no-store');
  const problem = JSON.parse(
    answer.body.slice(answer.body.indexOf('{'), answer.body.lastIndexOf('}') + 1),
  ) as Record<string, string>;
  expect(problem).toMatchObject({ type: `urn:chorong:problem:${code}`, status, code });
  expect(problem['detail']).toMatch(/\w+ \w+/);
  expect(problem['requestId']).toMatch(/^[0-9a-f-]{36}$/);
  return problem;
}

describe('what is refused before any route has it', () => {
  it.each(refusals)(
    '%s is a problem in words, with the headers of every answer',
    async (_what, request, status, code) => {
      expectProblem(await answerTo(request), status, code);
    },
  );

  it('says nothing of what was sent', async () => {
    const { body } = await answerTo(get('/console/welcom/a-secret-link'));
    expect(body).not.toContain('secret');
  });

  it('is refused by a worker in the same way', async () => {
    worker = await startService({ role: 'worker' });
    try {
      const to = await portOf(worker);
      expectProblem(await answerTo(get('/console'), to), 404, 'not-found');
      expectProblem(await answerTo(get('/console/%E0'), to), 400, 'malformed');
      expectProblem(await answerTo('HELO\r\n\r\n', to), 400, 'malformed');
      expect((await answerTo(get('/health/live'), to)).status).toBe(200);
    } finally {
      await worker.close();
    }
  });
});

describe('a request that is slow', () => {
  it('loses its connection, as 300 do, whatever it is slow with, and others are served meanwhile', async () => {
    const kinds = [
      '',
      'GET /genuine HTTP/1.1\r\nHost: chor',
      post('/console/sign-in', `${form}Content-Length: 1000\r\n`, 'email='),
      post('/api/v1/contracts', `${json}Content-Length: 1000\r\n`, '{'),
      post(
        '/api/v1/imports',
        'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n',
        '--b\r\n',
      ),
      post('/console/nothing', `${form}Transfer-Encoding: chunked\r\n`, '5\r\nemail'),
    ];
    const lines = await Promise.all(Array.from({ length: 300 }, () => Line.open()));
    lines.forEach((line, n) => line.write(kinds[n % kinds.length] ?? ''));
    const open = () => lines.filter(({ socket }) => !socket.destroyed).length;
    expect(open()).toBe(300);
    expect((await answerTo(get('/health/ready'))).status).toBe(200);
    expect((await answerTo(get('/genuine'))).status).toBe(200);
    const began = performance.now();
    await until('all are closed', () => open() === 0);
    // They have a second; without the limit of the test it would be thirty, or sixty.
    expect(performance.now() - began).toBeLessThan(25_000);
    for (const n of [1, 2, 3]) expectProblem(lines[n]?.answers[0] as never, 408, 'request-too-slow');
  });

  it('is let go on when its body keeps coming, for as long as that takes', async () => {
    const boundary = 'b';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n`;
    const rows = Array.from({ length: 30 }, () => 'x'.repeat(999) + '\n');
    const tail = `\r\n--${boundary}--\r\n`;
    const length = head.length + rows.join('').length + tail.length;
    const line = await Line.open();
    line.write(
      `POST /api/v1/imports HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${service.ground.adminKey}\r\n` +
        `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${length}\r\n\r\n${head}`,
    );
    // 30 kB in three seconds: three times as long as a request may stand still.
    for (const row of rows) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      line.write(row);
    }
    line.write(tail);
    const answer = await until('the upload is answered', () => line.answers[0]);
    expect(answer.status).toBe(202);
    line.socket.destroy();
  });
});

describe('a connection', () => {
  it('takes any number of requests one after another', async () => {
    const line = await Line.open();
    for (let n = 1; n <= 20; n += 1) {
      line.write('GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n');
      await until(`answer ${n}`, () => line.answers.length === n);
    }
    expect(line.answers.every(({ status }) => status === 200)).toBe(true);
    line.socket.destroy();
  });
});

describe('a flood', () => {
  it('of one connection is answered so many at a time, and the next is refused in words', async () => {
    const line = await Line.open();
    line.write('GET /genuine HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(40));
    await line.closed;
    const statuses = line.answers.map(({ status }) => status);
    expect(statuses).toEqual([...Array.from({ length: 16 }, () => 200), 503]);
    const refused = line.answers.at(-1);
    expectProblem(refused as never, 503, 'busy');
    expect(refused?.headers).toContain('retry-after: 5');
  });

  it('of 10,000 requests on one connection holds up nobody', async () => {
    const person = await service.person('officer', await service.departmentId('ROADS'));
    const line = await Line.open();
    line.write('GET /genuine HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(10_000));
    const began = performance.now();
    expect((await person.get('/console')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(10_000);
    await line.closed;
    expect(line.answers.length).toBeLessThanOrEqual(17);
  });

  it('of strangers waits, and whoever is known does not wait behind it', async () => {
    ok(await service.admin.get('/departments'));
    const strangers = Array.from({ length: 400 }, () =>
      service.app.inject({ url: '/console/welcome/nobodys' }),
    );
    const began = performance.now();
    ok(await service.admin.get('/departments'));
    const known = performance.now() - began;
    const statuses = (await Promise.all(strangers)).map(({ statusCode }) => statusCode);
    const all = performance.now() - began;
    expect(statuses.every((status) => status === 404 || status === 503)).toBe(true);
    expect(known).toBeLessThan(all / 2);
  });
});

afterEach(() => Hanging.waiting.splice(0).forEach((end) => end()));

it.each(['/openapi.json', '/docs', '/docs/swagger-ui.css'])(
  '%s waits among strangers, who have one turn with a pool of 8',
  async (path) => {
    const line = (await Line.open()).write(get('/api/v1/hanging'));
    await until('it is under way', () => Hanging.waiting.length === 1);
    expectProblem(await answerTo(get(path)), 503, 'busy');
    line.socket.destroy();
    expect((await answerTo(get(path))).status).toBe(200);
  },
);

describe('a request whose caller hangs up', () => {
  it.each([
    ['without a body', get('/api/v1/hanging')],
    ['with a body', post('/api/v1/hanging', `${json}Content-Length: 2\r\n`, '{}')],
  ])('gives its turn back, %s', async (_what, request) => {
    const line = (await Line.open()).write(request);
    await until('it is under way', () => Hanging.waiting.length === 1);
    line.socket.destroy();
    expect((await answerTo(get('/genuine'))).status).toBe(200);
  });
});
