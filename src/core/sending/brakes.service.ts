import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { AppError, notFound } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { unsettled } from './unsettled.js';
import { Journal } from '../proof/journal.service.js';
import { Database } from '../../platform/database/database.js';

export const brakeScopes = ['agency', 'department', 'template', 'sender', 'route', 'instance'] as const;
export type BrakeScope = (typeof brakeScopes)[number];

export interface Brake {
  id: string;
  scope: BrakeScope;
  /** A department's id, a template's key, a sender, `sender/country`, or the agency's own word `all`. */
  target: string;
  reason: string;
  actor: string;
  pulledAt: Date;
  releasedAt: Date | null;
  releasedBy: string | null;
  releaseReason: string | null;
}

const columns = `id, scope, target, reason, actor, pulled_at, released_at,
  released_by, release_reason`;

/** What stands still, as one picture for a drain. */
export interface BrakesOn {
  everything: boolean;
  instance: boolean;
  /** Ids, those below a braked department included. */
  departments: string[];
  senders: ReadonlySet<string>;
  templates: ReadonlySet<string>;
  routes: ReadonlySet<string>;
}

/** Sending paused, by whom and why. Nothing is lost by it: what is due waits. */
@Injectable()
export class BrakesService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly journal: Journal,
  ) {}

  async on(): Promise<BrakesOn> {
    const rows = await this.database.rows<{ scope: BrakeScope; target: string }>(
      `SELECT scope, target FROM brake WHERE released_at IS NULL`,
    );
    const targets = (scope: BrakeScope) => rows.filter((row) => row.scope === scope).map((row) => row.target);
    const departments = await Promise.all(
      targets('department').map((id) => this.departments.withThoseBelow(id)),
    );
    return {
      everything: targets('agency').length > 0,
      instance: targets('instance').length > 0,
      departments: departments.flat(),
      senders: new Set(targets('sender')),
      templates: new Set(targets('template')),
      routes: new Set(targets('route')),
    };
  }

  async list(): Promise<Brake[]> {
    return this.database.rows<Brake>(
      `SELECT ${columns} FROM brake ORDER BY released_at IS NOT NULL, id DESC LIMIT 500`,
    );
  }

  /** Those that are on and stop texts of the caller's; why is told to those who look after the whole agency. */
  async onFor(caller: Caller): Promise<{ scope: BrakeScope; reason: string | null }[]> {
    const on = (await this.list()).filter((brake) => brake.releasedAt === null);
    if (seesAll(caller)) return on.map(({ scope, reason }) => ({ scope, reason }));
    const seen = (await this.departments.seenBy(caller)) ?? [];
    const mine: { scope: BrakeScope; reason: null }[] = [];
    for (const { scope, target } of on) {
      const below = scope === 'department' ? await this.departments.withThoseBelow(target) : null;
      if (!below || seen.some((id) => below.includes(id))) mine.push({ scope, reason: null });
    }
    return mine;
  }

  async pull(
    who: Caller | 'system',
    brake: { scope: BrakeScope; target: string; reason: string },
  ): Promise<Brake> {
    const actor = who === 'system' ? 'system' : actorOf(who);
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<Brake>(
        `INSERT INTO brake (id, scope, target, reason, actor) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, target) WHERE released_at IS NULL DO NOTHING RETURNING ${columns}`,
        [newId(), brake.scope, brake.target, brake.reason, actor],
      );
      if (!row) {
        if (who === 'system') return this.pulled(brake.scope, brake.target);
        throw new AppError(
          'conflict',
          'brake-already-on',
          `The brake on ${brake.scope} ${brake.target} is on already.`,
        );
      }
      await this.say(row, 'pulled', actor, brake.reason);
      return row;
    });
  }

  async release(caller: Caller, id: string, reason: string): Promise<Brake> {
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<Brake>(
        `UPDATE brake SET released_at = clock_timestamp(), released_by = $2, release_reason = $3
         WHERE id = $1 AND released_at IS NULL RETURNING ${columns}`,
        [id, actorOf(caller), reason],
      );
      if (!row) throw notFound('brake that is on');
      if (row.scope === 'instance') await this.mustBeSettled();
      await this.say(row, 'released', actorOf(caller), reason);
      return row;
    });
  }

  /** A restored database is resumed when the provider has been asked about everything it may have sent. */
  private async mustBeSettled(): Promise<void> {
    const open = await unsettled(this.database);
    if (open.alerts === 0 && open.attempts === 0) return;
    throw new AppError(
      'conflict',
      'not-settled',
      `The database's other life may have sent ${open.alerts + open.attempts} of what is due: the provider is being asked. Try again when GET /api/v1/instance shows none.`,
    );
  }

  private async pulled(scope: BrakeScope, target: string): Promise<Brake> {
    const [row] = await this.database.rows<Brake>(
      `SELECT ${columns} FROM brake WHERE scope = $1 AND target = $2 AND released_at IS NULL`,
      [scope, target],
    );
    if (!row) throw new Error('a brake was released while it was being pulled');
    return row;
  }

  private say(brake: Brake, what: 'pulled' | 'released', actor: string, reason: string): Promise<void> {
    return this.journal.record({
      subject: 'brake',
      subjectId: brake.id,
      what: `brake-${what}`,
      before: null,
      after: { scope: brake.scope, target: brake.target },
      actor,
      reason,
    });
  }
}
