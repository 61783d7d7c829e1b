import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { Labels } from '../coverage/labels.js';
import { momentOfCursor, pageFrom } from '../../platform/paging.js';
import { Masked } from '../../core/log/masked.js';
import { milestoneName } from '../../core/log/milestone-names.js';
import { explainInBoth } from '../../core/log/status-words.js';
import { notFound } from '../../platform/app-error.js';
import type { Words } from '../../platform/words/words.js';
import { Providers } from '../../core/providers/providers.module.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { auditLists } from './audit-lists.js';
import { everydayLists } from './everyday-lists.js';
import type { Facts, WorkList } from './work-list.js';
import { type Asked, type FoundRow, WorkRows } from './work-rows.js';
import type { Work, WorkListPage, WorkListQuery, WorkQuery, WorkRow } from './work.schema.js';

const lists: readonly WorkList[] = [...everydayLists, ...auditLists];

/** What waits for somebody: for officers and managers what they can mend, for the auditor also signs of avoidance. */
@Injectable()
export class WorkService {
  constructor(
    private readonly providers: Providers,
    private readonly rows: WorkRows,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
    private readonly masked: Masked,
  ) {}

  /** How much there is of each list that the caller may read. */
  async overview(caller: Caller, query: WorkQuery): Promise<Work> {
    const asked = await this.rows.asked(caller, query);
    const items: Work['items'] = [];
    for (const list of listsFor(caller)) {
      const { count, oldest } = await this.rows.count(list, asked);
      items.push({ ...headOf(list), count, oldest: oldest && waited(oldest, asked) });
    }
    return { items };
  }

  /** A list that is not for the caller does not exist for him. */
  async page(
    caller: Caller,
    code: string,
    { cursor, limit, ...query }: Omit<WorkListQuery, 'format'>,
  ): Promise<WorkListPage> {
    const list = this.mustHave(caller, code);
    const asked = await this.rows.asked(caller, query);
    const found = await this.rows.page(list, asked, momentOfCursor(cursor), limit + 1);
    const { items, nextCursor } = pageFrom(found, limit, (row) => row.exactly);
    return { ...headOf(list), items: await this.views(list, items, asked), nextCursor };
  }

  mustHave(caller: Caller, code: string): WorkList {
    const list = listsFor(caller).find((one) => one.code === code);
    if (!list) throw notFound('work list');
    return list;
  }

  private async views(list: WorkList, rows: FoundRow[], asked: Asked): Promise<WorkRow[]> {
    const departments = await this.labels.departments(rows.map((row) => row.departmentId));
    const officers = await this.labels.officers(rows.flatMap((row) => [row.officerId, staffOf(row.facts)]));
    const views: WorkRow[] = [];
    for (const row of rows) {
      const told = {
        milestone: await this.milestone(row),
        carrier: this.carrier(row.facts),
        officer: officers.get(staffOf(row.facts) ?? '')?.name ?? null,
      };
      views.push({
        id: row.id,
        contract: contractOf(row),
        department: departments.get(row.departmentId ?? '') ?? null,
        officer: officers.get(row.officerId ?? '') ?? null,
        contact: this.contactOf(row),
        ...waited(row.since, asked),
        what: list.what(row.facts, told),
        facts: list.published?.(row.facts) ?? row.facts,
      });
    }
    return views;
  }

  private contactOf(row: FoundRow): WorkRow['contact'] {
    const { contactId: id, role } = row;
    if (id === null) return null;
    return {
      id,
      name: this.masked.contactName(id, row.nameSealed),
      role,
      number: this.masked.contactNumber(id, row.phoneSealed),
    };
  }

  private async milestone(row: FoundRow): Promise<Words | null> {
    const code = row.facts['milestone'];
    return typeof code === 'string' && row.contractId ? milestoneName(this.settings, { ...row, code }) : null;
  }

  private carrier({ provider, carrierCode }: Facts): Words | null {
    return typeof provider === 'string' && typeof carrierCode === 'string'
      ? explainInBoth(this.providers, provider, carrierCode)
      : null;
  }
}

function listsFor(caller: Caller): WorkList[] {
  return lists.filter((list) => !list.auditorOnly || caller.role === 'auditor');
}

function headOf({ code, name, todo }: WorkList) {
  return { list: code, name, todo };
}

function waited(since: Date, { now, timeZone }: Asked) {
  const days = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 86_400_000));
  return { since: zonedIso(since, timeZone), days };
}

function contractOf({ contractId: id, reference, title, kind, state }: FoundRow): WorkRow['contract'] {
  return id === null ? null : { id, reference, title, kind, state };
}

function staffOf({ staff }: Facts): string | null {
  return typeof staff === 'string' ? staff : null;
}
