import { Controller, Get, Logger as NestLogger, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { QueryFailedError } from 'typeorm';
import { LoggingModule } from './logging.module.js';

interface Reply {
  header(name: string, value: string): Reply;
  code(status: number): Reply;
  send(body: object): void;
}

@Controller('things')
class ThingsController {
  @Get('fine')
  fine(@Res() reply: Reply): void {
    reply.header('set-cookie', 'session=cookie-of-theirs').send({});
  }

  @Get('missing')
  missing(@Res() reply: Reply): void {
    reply.code(404).send({});
  }

  @Get('broken')
  broken(@Res() reply: Reply): void {
    reply.code(500).send({});
  }
}

class WithLogs {}

const lines: string[] = [];
let app: NestFastifyApplication;
beforeAll(async () => {
  const stream = { write: (line: string) => void lines.push(line) };
  Module({ imports: [LoggingModule.with('trace', stream)], controllers: [ThingsController] })(WithLogs);
  app = await NestFactory.create<NestFastifyApplication>(WithLogs, new FastifyAdapter(), {
    bufferLogs: true,
  });
  app.setGlobalPrefix('api/v1');
  app.useLogger(app.get(Logger));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());
beforeEach(() => void (lines.length = 0));

const call = (path: string) =>
  app.inject({
    url: `/api/v1${path}`,
    headers: { authorization: 'Bearer key-of-theirs', cookie: 'session=cookie-of-theirs' },
  });
const logged = () => lines.map((line) => JSON.parse(line) as { level: number; req?: object; err?: object });

it('logs a request by its id, method and path, and nothing else of it', async () => {
  await call('/things/fine?number=010-0000-2345');
  const [line] = logged().filter(({ req }) => req !== undefined);
  expect(line?.req).toEqual({ id: expect.anything() as unknown, method: 'GET', path: '/api/v1/things/fine' });
});

it('logs no header of a request or an answer: keys and cookies stand in them', async () => {
  await call('/things/fine');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('')).not.toMatch(/key-of-theirs|cookie-of-theirs/);
});

it.each([
  ['fine', 20],
  ['missing', 30],
  ['broken', 50],
])('logs what was %s at the level %i', async (path, level) => {
  await call(`/things/${path}`);
  const levels = logged().flatMap((line) => (line.req ? [line.level] : []));
  expect(levels).toEqual([level]);
});

/** An error of the database as TypeORM throws it, with a number in each place that PostgreSQL and the driver fill. */
function failedQuery(): QueryFailedError {
  const driverError = Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: 'Key (phone)=(010-0000-2345) already exists.',
  });
  return new QueryFailedError(`INSERT INTO t VALUES ('010-0000-2345')`, ['010-0000-2345'], driverError);
}

it('logs of a statement that failed what failed, and neither its text nor what was filled into it', () => {
  new NestLogger('test').error({ err: failedQuery() }, 'a statement failed');
  const [line] = logged();
  expect(line?.err).toMatchObject({ type: 'QueryFailedError', code: '23505' });
  expect(lines.join('')).toContain('duplicate key value');
  expect(lines.join('')).not.toContain('010-0000-2345');
});

it.each(['config', 'parameters', 'query', 'driverError', 'detail'])('logs no %s of an error', (name) => {
  const err = Object.assign(new Error('it failed'), { [name]: { number: '010-0000-2345' } });
  new NestLogger('test').warn({ err }, 'it failed');
  expect(lines.join('')).toContain('it failed');
  expect(lines.join('')).not.toContain('010-0000-2345');
});
