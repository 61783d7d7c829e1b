import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { LogTree } from '../transparency/log-tree.js';
import { type FeedItem, type FeedKind, feedKinds, type FeedPage, type FeedQuery } from './feed.schema.js';
import { feedProblems } from './feed.words.js';

/** Reader is whom the feed is read for: what they see of it, and the kinds that they want. */
export interface Reader {
  /** Null: every department. */
  departments: string[] | null;
  kinds: readonly FeedKind[];
}

interface News extends Omit<FeedItem, 'at' | 'contracts'> {
  recordedAt: Date;
  contractId: string | null;
}

/** One statement looks through so few entries within some tens of milliseconds. */
const entriesOfOneStatement = 5000;
/** A page looks through so many of these, and then lets the caller ask for the rest. */
const statementsOfOnePage = 4;

/** Which leaves are news, by what they are about, with what the feed tells of them; SQL over a leaf `l`. */
const newsOf: Record<FeedKind, { where: string; subjectId: string; code: string; status: string }> = {
  contract: {
    where: `l.kind = 'change' AND l.body ->> 'subject' = 'contract'
      AND (l.body ->> 'what' = 'registered' OR l.body -> 'params' ->> 'field' = 'state')`,
    subjectId: 'l.subject_id',
    code: 'NULL',
    status: `l.body -> 'after' ->> 'state'`,
  },
  milestone: {
    where: `(l.kind = 'change' AND l.body ->> 'subject' = 'milestone')
      OR (l.kind = 'alert' AND l.body ->> 'status' IN ('held', 'missed'))`,
    subjectId: `l.body ->> 'contract_id'`,
    code: `CASE l.kind WHEN 'change' THEN l.body -> 'params' ->> 'milestone' ELSE (SELECT m.code
      FROM alert a JOIN milestone m ON m.id = a.milestone_id WHERE a.id = l.subject_id::uuid) END`,
    status: `CASE l.kind WHEN 'change' THEN l.body ->> 'what' ELSE l.body ->> 'status' END`,
  },
  message: {
    where: `l.kind LIKE 'message-%' AND l.body ? 'status'`,
    subjectId: 'l.subject_id',
    code: 'NULL',
    status: `l.body ->> 'status'`,
  },
  flag: {
    where: `l.kind = 'flag'`,
    subjectId: 'l.subject_id',
    code: `l.body ->> 'kind'`,
    status: `CASE WHEN l.body ->> 'closed_at' IS NULL THEN 'open' ELSE 'closed' END`,
  },
};

/**
 * Feed reads the leaves of the log as news, in the order in which the sequencer has numbered them. A leaf is numbered when its
 * transaction has committed, behind all that were numbered before: whoever goes on from where they were misses nothing. What a
 * reader sees follows from the departments of the contracts as they are when it is read.
 */
@Injectable()
export class Feed {
  constructor(
    private readonly database: Database,
    private readonly tree: LogTree,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
  ) {}

  /** Throws `feed-ahead` when the feed has not come to `after` yet. */
  async pageFor(caller: Caller, query: Pick<FeedQuery, 'after' | 'limit'>): Promise<FeedPage> {
    // Flags are for those who may list them (`GET /flags`).
    const kinds = feedKinds.filter((kind) => kind !== 'flag' || caller.role === 'auditor');
    return this.page({ departments: await this.departments.seenBy(caller), kinds }, query);
  }

  async page(reader: Reader, { after, limit }: Pick<FeedQuery, 'after' | 'limit'>): Promise<FeedPage> {
    const size = await this.tree.size();
    if (after > size) throw feedProblems.error('feed-ahead', { after, size });
    const items: FeedItem[] = [];
    let nextAfter = after;
    for (let n = 0; n < statementsOfOnePage && nextAfter < size && items.length < limit; n += 1) {
      const to = Math.min(size, nextAfter + entriesOfOneStatement);
      const wanted = limit - items.length;
      const news = await this.news(reader.kinds, nextAfter, to, wanted);
      items.push(...(await this.seen(reader, news)));
      nextAfter = news.length < wanted ? to : (news.at(-1)?.sequence ?? to);
    }
    return { items, nextAfter, isAtEnd: nextAfter === size };
  }

  /** Reads the first news behind a place, up to another. */
  private news(kinds: readonly FeedKind[], after: number, to: number, limit: number): Promise<News[]> {
    const choose = (column: keyof (typeof newsOf)['flag']) =>
      `CASE k.kind ${kinds.map((kind) => `WHEN '${kind}' THEN ${newsOf[kind][column]}`).join(' ')} END`;
    return this.database.rows<News>(
      `SELECT e.index::float8 + 1 AS sequence, l.id, l.recorded_at, k.kind, ${choose('subjectId')} AS subject_id,
         ${choose('code')} AS code, ${choose('status')} AS status,
         CASE l.kind WHEN 'change' THEN l.subject_id ELSE l.body ->> 'contract_id' END AS contract_id
       FROM log_entry e JOIN leaf l ON l.id = e.leaf_id
         CROSS JOIN LATERAL (SELECT CASE ${kinds.map((kind) => `WHEN ${newsOf[kind].where} THEN '${kind}'`).join(' ')} END AS kind) k
       WHERE e.index >= $1 AND e.index < $2 AND k.kind IS NOT NULL ORDER BY e.index LIMIT $3`,
      [after, to, limit],
    );
  }

  /** Returns the news that the reader may see, with the contracts of each. */
  private async seen({ departments }: Reader, news: News[]): Promise<FeedItem[]> {
    if (news.length === 0) return [];
    const { timeZone } = (await this.settings.calendar()).setting;
    const ofContracts = news.flatMap(({ contractId }) => contractId ?? []);
    const ofMessages = news.flatMap(({ kind, subjectId }) => (kind === 'message' ? subjectId : []));
    const rows = await this.database.rows<{ about: string; id: string; reference: string }>(
      `SELECT of.about, c.id, c.reference FROM (
         SELECT id AS about, id AS contract_id FROM unnest($1::uuid[]) AS one (id)
         UNION SELECT a.message_id, a.contract_id FROM alert a WHERE a.message_id = ANY($2::uuid[])) of
       JOIN contract c ON c.id = of.contract_id
       WHERE $3::uuid[] IS NULL OR c.department_id = ANY($3) ORDER BY of.about, c.id`,
      [ofContracts, ofMessages, departments],
    );
    const contracts = groupedBy(rows, ({ about }) => about);
    return news.flatMap(({ recordedAt, contractId, ...item }) => {
      const own = contracts.get(contractId ?? item.subjectId) ?? [];
      if (own.length === 0 && departments !== null) return [];
      const shown = own.map(({ id, reference }) => ({ id, reference }));
      return [{ ...item, at: zonedIso(recordedAt, timeZone), contracts: shown }];
    });
  }
}
