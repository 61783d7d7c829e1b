import type { FlagView, InboxRow } from '../../src/core/flags/flags.schema.js';
import type { CoveredMilestone } from '../../src/office/coverage/coverage.schema.js';
import type { Work, WorkListPage, WorkRow } from '../../src/office/work/work.schema.js';
import { Sealer } from '../../src/platform/sealing/sealer.js';
import { type ApiClient, ok } from '../support/api-client.js';
import type { TestService } from '../support/service.js';
import type { Scene } from './scene.js';

export const outcomes = ['blocked', 'waits', 'flagged', 'told', 'visible', 'unseen'] as const;
export type Outcome = (typeof outcomes)[number];

/** What came of a move, as somebody sees it who was not there. */
export interface Seen {
  outcome: Outcome;
  /** The code of the refusal, the kinds of the flags, or the lists that name the contract. */
  by: string[];
  /** Hours from the text's time to the first flag. */
  flaggedAfterHours: number | null;
  text: 'told' | 'told early' | 'told late' | 'told otherwise' | 'not told';
}

/** A row of a work list, with the list that it stands in; of the inbox, with the kind of its flags. */
export interface ListedRow extends Pick<WorkRow, 'id' | 'facts'> {
  contract: { id: string } | null;
  list: string;
}

/** A text is in time for as many hours after it was due: the grace that the agency gives itself. */
export const graceHours = 168;
/** A text that comes more days before it was due is over by then. */
export const earlyDays = 28;
const hourMs = 3_600_000;

/** Every page of a list. */
async function all<T>(client: ApiClient, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: T[]; nextCursor: string | null } = ok(
      await client.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${cursor}`}`),
    );
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

/** Observer judges moves by what an auditor can find, and by what arrived on the company's phone. */
export class Observer {
  private constructor(
    private readonly service: TestService,
    private readonly auditor: ApiClient,
  ) {}

  static async of(service: TestService): Promise<Observer> {
    return new Observer(service, await service.as('auditor'));
  }

  /** All rows of the auditor's inbox and work lists, or those of one department. */
  async rows(departmentId?: string): Promise<ListedRow[]> {
    const query = departmentId ? `?departmentId=${departmentId}` : '';
    const { items } = ok(await this.auditor.get<Work>(`/work${query}`));
    const rows: ListedRow[] = [];
    for (const { list, count } of items)
      if (count > 0)
        rows.push(
          ...(await all<WorkListPage['items'][number]>(this.auditor, `/work/${list}${query}`)).map((row) => ({
            ...row,
            list,
          })),
        );
    const inbox = await all<InboxRow>(this.auditor, `/flags${query}`);
    return [...rows, ...inbox.map(({ id, contract, kind }) => ({ id, contract, list: kind, facts: {} }))];
  }

  /** Milestones that coverage counts as missed, whole or in part. */
  async missed(departmentId?: string): Promise<CoveredMilestone[]> {
    const query = departmentId ? `&departmentId=${departmentId}` : '';
    const of = (outcome: string) =>
      all<CoveredMilestone>(this.auditor, `/statistics/milestones?outcome=${outcome}${query}`);
    return [...(await of('missed')), ...(await of('partly'))];
  }

  async flagsOf(contractId: string): Promise<FlagView[]> {
    return ok(await this.auditor.get<{ items: FlagView[] }>(`/contracts/${contractId}/flags`)).items;
  }

  private async flagsOfRecord(id: string): Promise<FlagView[]> {
    return ok(await this.auditor.get<{ flags: FlagView[] }>(`/reference-records/${id}`)).flags;
  }

  /** What came of a move. `rows` and `missed` are those of now, `before` the ids of rows that were there before it. */
  async judge(
    scene: Scene,
    rows: ListedRow[],
    missed: CoveredMilestone[],
    before: ReadonlySet<string>,
  ): Promise<Seen> {
    const text = await this.textOf(scene);
    const flags = (
      await Promise.all([
        ...scene.contracts.map(({ id }) => this.flagsOf(id)),
        ...scene.records.map((id) => this.flagsOfRecord(id)),
      ])
    ).flat();
    const open = flags.filter(({ closedAt, id }) => closedAt === null && !before.has(id));
    const ids = new Set([...scene.contracts.map(({ id }) => id), ...scene.records]);
    const lists = rows
      .filter((row) => ids.has(row.contract?.id ?? '') && !before.has(`${row.list} ${row.id}`))
      .filter(({ facts }) => facts['milestone'] === undefined || facts['milestone'] === scene.move.text)
      .map(({ list }) => list);
    const figures = missed
      .filter(({ contract, milestone }) => ids.has(contract.id) && milestone.code === scene.move.text)
      .map(({ reason }) => `coverage: ${reason}`);
    const first = open.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)[0];
    const seen = {
      text,
      flaggedAfterHours: first === undefined ? null : (first - Date.parse(scene.due)) / hourMs,
    };
    const refused = scene.refusal === null ? [] : [scene.refusal];
    if (scene.proposals.length > 0 && text === 'told')
      return { ...seen, outcome: 'waits', by: ['proposal', ...refused.map((code) => `then ${code}`)] };
    const isHarmless = text === 'told' || scene.contracts.length === 0;
    if (scene.refusal !== null && open.length === 0 && isHarmless)
      return { ...seen, outcome: 'blocked', by: refused };
    if (open.length > 0) return { ...seen, outcome: 'flagged', by: distinct(open.map(({ kind }) => kind)) };
    if (text === 'told') return { ...seen, outcome: 'told', by: [] };
    const by = distinct([...lists, ...figures]);
    return { ...seen, outcome: by.length > 0 ? 'visible' : 'unseen', by };
  }

  /** Whether the company's own phone got the text, in time, and with what it has to say. */
  private async textOf({ number, contracts, move, due }: Scene): Promise<Seen['text']> {
    const texts = await this.service.sql<{ text: string; at: Date }>(
      `SELECT s.text, s.service_time AS at FROM alert a JOIN milestone m ON m.id = a.milestone_id
         JOIN attempt t ON t.message_id = a.message_id JOIN sandbox_text s ON s.attempt_id = t.id
       WHERE a.contract_id = ANY($1) AND m.code = $2 AND s.to_index = $3 AND s.status IN ('sent', 'delivered')`,
      [
        contracts.map(({ id }) => id),
        move.text,
        this.service.app.get(Sealer).blindIndex(`+82${number.replaceAll('-', '').slice(1)}`),
      ],
    );
    if (texts.length === 0) return 'not told';
    const says = [/1398/, ...(move.says ?? [])];
    const whole = texts.filter(({ text }) => says.every((part) => part.test(text)));
    if (whole.length === 0) return 'told otherwise';
    const inTheirTime = whole.filter(({ at }) => at.getTime() >= Date.parse(due) - earlyDays * 24 * hourMs);
    if (inTheirTime.length === 0) return 'told early';
    const isInTime = inTheirTime.some(({ at }) => at.getTime() <= Date.parse(due) + graceHours * hourMs);
    return isInTime ? 'told' : 'told late';
  }
}

const distinct = (all: string[]) => [...new Set(all)].sort();
