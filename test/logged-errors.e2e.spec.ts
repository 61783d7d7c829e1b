import { Controller, Get, Logger, Query } from '@nestjs/common';
import { Public } from '../src/core/access/rules.js';
import { Database } from '../src/platform/database/database.js';
import { startService, type TestService } from './support/service.js';

/** What no log may hold: it goes into statements that fail, in each way that a statement fails. */
const secret = '비밀계약자 010-0000-7766';

const failing: Record<string, [string, unknown[]]> = {
  'a column that is none': [`SELECT no_such_column FROM department WHERE name = $1`, [secret]],
  'a value that is taken': [
    `INSERT INTO department (id, code, name) SELECT gen_random_uuid(), code, $1 FROM department`,
    [secret],
  ],
  'a row that breaks a check': [
    `INSERT INTO attempt (id, message_id, number_index, provider, status, detail, lease_until)
     VALUES (gen_random_uuid(), gen_random_uuid(), '\\x00', 'twilio', 'no such status', $1, now())`,
    [secret],
  ],
  'a missing value': [`INSERT INTO department (name) VALUES ($1)`, [secret]],
  'a value of another type': [`SELECT $1::text::uuid`, [secret]],
  'a day that is none': [`SELECT $1::text::date`, [`2026-02-31 ${secret}`]],
  'a value inside JSON': [
    `SELECT * FROM json_populate_recordset(NULL::department, $1::json)`,
    [JSON.stringify([{ id: secret }])],
  ],
  'JSON that is none': [`SELECT $1::json`, [`{"name": "${secret}`]],
  'what a function says': [
    `DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = '${secret}', HINT = '${secret}'; END $$`,
    [],
  ],
};

@Controller('probe')
@Public()
class Probe {
  private readonly logger = new Logger(Probe.name);

  constructor(private readonly database: Database) {}

  @Get('thrown')
  async thrown(@Query('how') how: string) {
    await this.fail(how);
  }

  @Get('logged')
  async logged(@Query('how') how: string) {
    const error = await this.fail(how).catch((thrown: unknown) => thrown);
    this.logger.warn({ err: error }, 'a step could not finish');
    this.logger.error({ err: new Error('a step failed', { cause: error }) }, 'with a cause');
    this.logger.error({ err: new AggregateError([error, error], 'several steps failed') }, 'together');
    this.database.afterCommit(async () => void (await this.fail(how)));
  }

  private fail(how: string) {
    return this.database.rows(...(failing[how] ?? ['', []]));
  }
}

let service: TestService;
beforeAll(async () => {
  service = await startService({ controllers: [Probe] });
});
afterAll(() => service.close());

describe.each(Object.keys(failing))('of a statement that fails by %s', (how) => {
  it.each(['thrown', 'logged'])('and is %s, the log keeps what it is, and no value', async (way) => {
    service.heard.logs.length = 0;
    await service.client(null).get(`/probe/${way}?how=${encodeURIComponent(how)}`);
    // The action after a commit is waited for by nobody.
    await service.sql(`SELECT 1`);
    const logs = service.heard.logs.join('');
    if (way === 'logged') expect(logs).toContain('"type":"QueryFailedError"');
    for (const part of [secret, '비밀계약자', '0000-7766']) expect(logs).not.toContain(part);
  });
});
