import { Inject, Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { addDays } from '../../core/calendar/local-date.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { csvText } from '../../platform/csv.js';
import { Database } from '../../platform/database/database.js';
import { textOfAnswer } from '../../platform/http/answer-text.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Timers } from '../../platform/timers.js';
import type { ImportedContract } from '../imports/import.types.js';
import { Matching } from './matching.js';
import { ReferenceFiles } from './reference-files.js';
import { ReferenceList } from './reference-list.entities.js';
import type { ListFailure } from './reference-list.schema.js';
import { ReferenceRecords } from './reference-records.js';

const patienceMs = 60_000;
/** A pass begins so long after the last one was whole, and a failed one goes on after so long. */
const passHours = 6;
const failureMinutes = 10;
const leaseMinutes = 5;

/** The service answers with at most so many rows and days at once. */
const rowsOfPage = 999;
const daysOfWindow = 28;
const longestAnswer = 32 * 1024 * 1024;

/** By day of signing: works, services, goods, and goods from abroad. */
const operations = ['Cnstwk', 'Servc', 'Thng', 'Frgcpt'].map((of) => `getCntrctInfoList${of}PPSSrch`);

/** Position is where a pass has come to: the page to read next of an operation, in a window of days. */
interface Position {
  from: string;
  operation: number;
  page: number;
}

type Item = Readonly<Record<string, unknown>>;

const answerSchema = z.object({
  response: z.object({
    header: z.object({ resultCode: z.string() }),
    // Without any contract the list is an empty text.
    body: z.object({
      items: z.union([z.array(z.record(z.string(), z.unknown())), z.literal('')]),
      totalCount: z.coerce.number().int().min(0),
    }),
  }),
});

class Unanswered extends Error {
  constructor(
    readonly failure: ListFailure,
    options?: ErrorOptions,
  ) {
    super(failure, options);
  }
}

/** ProcurementClient asks the contract service of the configuration for one page. */
@Injectable()
export class ProcurementClient {
  constructor(
    @Inject(CONFIG) private readonly config: { procurement: { url: string; key: string } | null },
    private readonly timers: Timers,
  ) {}

  get isConfigured(): boolean {
    return this.config.procurement !== null;
  }

  /** Returns the contracts of a page, and how many there are on all. Throws `Unanswered`. */
  async ask({ from, operation, page }: Position, today: string) {
    const to = [addDays(from, daysOfWindow - 1), today].sort()[0] ?? today;
    const { url = '', key = '' } = this.config.procurement ?? {};
    const address = new URL(url);
    address.pathname = `${address.pathname.replace(/\/$/, '')}/${operations[operation] ?? ''}`;
    const asked = {
      serviceKey: key,
      type: 'json',
      inqryDiv: '1',
      pageNo: String(page),
      numOfRows: String(rowsOfPage),
      inqryBgnDate: from.replaceAll('-', ''),
      inqryEndDate: to.replaceAll('-', ''),
    };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    const { response } = await this.answerTo(address);
    if (response.header.resultCode !== '00') throw new Unanswered('service-refuses');
    const { items, totalCount: total } = response.body;
    return { items: items === '' ? [] : items, total };
  }

  private async answerTo(address: URL): Promise<z.infer<typeof answerSchema>> {
    const signal = AbortSignal.any([this.timers.stopping, AbortSignal.timeout(patienceMs)]);
    let text: string | null;
    try {
      const response = await fetch(address, { redirect: 'error', signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      text = await textOfAnswer(response, longestAnswer);
      if (text === null) throw new Error('the answer is too long');
    } catch (error) {
      throw new Unanswered('service-away', { cause: error });
    }
    try {
      return answerSchema.parse(JSON.parse(text));
    } catch (error) {
      throw new Unanswered('service-refuses', { cause: error });
    }
  }
}

/**
 * Procurement fills the list that is marked for it from the contract service of the Korean e-procurement (data.go.kr, dataset
 * 15129427), page by page. Each pass reads all since the list's day, because a contract comes again with each revision.
 */
@Injectable()
export class Procurement {
  private readonly logger = new Logger(Procurement.name);

  constructor(
    private readonly database: Database,
    private readonly client: ProcurementClient,
    private readonly files: ReferenceFiles,
    private readonly records: ReferenceRecords,
    private readonly matching: Matching,
    private readonly settings: SettingsService,
  ) {}

  /** Makes a pass that is due, or goes on with one that was interrupted, unless another worker is at it. Returns whether it was made whole. */
  async pollDue(): Promise<boolean> {
    const list = await this.claim();
    if (!list) return false;
    try {
      const today = await this.settings.today();
      let position = list.position ?? { from: list.since, operation: 0, page: 1 };
      while (position.from <= today) position = await this.readPage(list, position, today);
      await this.matching.lookAt(list);
      await this.database.run(
        `UPDATE reference_list SET position = NULL, polled_at = clock_timestamp(), lease_until = NULL, failure = NULL WHERE id = $1`,
        [list.id],
      );
      return true;
    } catch (error) {
      await this.noteFailure(list.id, error);
      return false;
    }
  }

  private async claim() {
    const [list] = await this.database.rows<ReferenceList & { position: Position | null }>(
      `UPDATE reference_list SET lease_until = clock_timestamp() + make_interval(mins => $1)
       WHERE polled AND coalesce(lease_until, '-infinity') < clock_timestamp()
         AND (position IS NOT NULL OR coalesce(polled_at, '-infinity') < clock_timestamp() - make_interval(hours => $2))
       RETURNING id, name, since, grace_days, position`,
      [leaseMinutes, passHours],
    );
    return list;
  }

  /** Reads a page and keeps it together with where to go on, which it returns. */
  private async readPage(list: ReferenceList, position: Position, today: string): Promise<Position> {
    const { items, total } = await this.client.ask(position, today);
    const contracts: ImportedContract[] = [];
    for await (const stated of this.files.contractsIn('csv', oneBuffer(sheetOf(items))))
      contracts.push(...stated.contracts);
    const isLast = position.page * rowsOfPage >= total || items.length === 0;
    const next = isLast ? behind(position) : { ...position, page: position.page + 1 };
    await this.database.inTransaction(async () => {
      await this.records.keep(list.id, contracts);
      await this.database.run(
        `UPDATE reference_list SET position = $2, lease_until = clock_timestamp() + make_interval(mins => $3) WHERE id = $1`,
        [list.id, next, leaseMinutes],
      );
    });
    return next;
  }

  private async noteFailure(id: string, error: unknown): Promise<void> {
    const failure: ListFailure = error instanceof Unanswered ? error.failure : 'service-unread';
    this.logger.warn({ err: error }, `e-procurement was not read: ${failure}`);
    await this.database.run(
      `UPDATE reference_list SET failure = $2, lease_until = clock_timestamp() + make_interval(mins => $3) WHERE id = $1`,
      [id, failure, failureMinutes],
    );
  }
}

function behind({ from, operation }: Position): Position {
  return operation + 1 < operations.length
    ? { from, operation: operation + 1, page: 1 }
    : { from: addDays(from, daysOfWindow), operation: 0, page: 1 };
}

/** Where each column of a sheet stands in the service's answers; the first that is filled counts. A value of 0 is none. */
const columns: [heading: string, ...names: string[]][] = [
  ['계약번호', 'untyCntrctNo'],
  ['확정계약번호', 'dcsnCntrctNo'],
  ['구분', 'bsnsDivNm'],
  ['계약명', 'cnstwkNm', 'cntrctNm'],
  ['계약방법', 'cntrctCnclsMthdNm'],
  ['계약일', 'cntrctCnclsDate'],
  ['착공일', 'cbgnDate', 'wbgnDate'],
  ['준공일', 'ttalCcmpltDate', 'ttalScmpltDate', 'thtmCcmpltDate', 'thtmScmpltDate'],
  ['계약기간', 'cntrctPrd'],
  ['계약금액', 'totCntrctAmt', 'thtmCntrctAmt'],
  ['담당부서', 'cntrctInsttChrgDeptNm'],
  ['업체목록', 'corpList'],
];

/** Writes contracts of the service as a sheet, which is read like any other. */
function sheetOf(items: readonly Item[]): string {
  const value = (item: Item, names: string[]) =>
    names.map((name) => textAt(item, name)).find((text) => !/^0*(\.0*)?$/.test(text)) ?? '';
  const rows = items.map((item) => columns.map(([, ...names]) => value(item, names)));
  return csvText([columns.map(([heading]) => heading), ...rows]);
}

function textAt(item: Item, name: string): string {
  const value = item[name];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

// eslint-disable-next-line @typescript-eslint/require-await -- files are read as they come
async function* oneBuffer(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
