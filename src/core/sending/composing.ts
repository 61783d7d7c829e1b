import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Kind } from '../settings/plan.schema.js';
import type { Wording } from '../planning/planning.types.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { smsLength } from '../texts/lengths.js';
import { TemplatesService, type TemplateVersion } from '../texts/templates.service.js';
import type { Locale } from '../texts/text-variables.js';
import { VariablesService } from '../texts/variables.service.js';
import { Database } from '../../platform/database/database.js';

/** One text to one number, for one alert or a digest of several. */
export interface Composed {
  alertIds: string[];
  /** E.164. */
  to: string;
  numberIndex: Buffer;
  country: string | null;
  shard: number;
  locale: Locale;
  template: TemplateVersion;
  text: string;
  references: string[];
  dueAt: Date;
}

export interface Uncomposable {
  alertIds: string[];
  reason: string;
}

interface Ingredient {
  id: string;
  code: string;
  occurrence: number;
  date: string | null;
  wording: Wording;
  dueAt: Date;
  dueDay: string;
  shard: number;
  reference: string;
  title: string;
  kind: Kind;
  planName: string;
  planVersion: number;
  departmentName: string;
  departmentNameEn: string | null;
  contactId: string;
  phoneSealed: Buffer | null;
  phoneIndex: Buffer | null;
  phoneCountry: string | null;
  numberIndex: Buffer;
  locale: Locale;
}

/** Makes the texts of claimed alerts. One that cannot be made does not hold up the others. */
@Injectable()
export class Composer {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /** One group is one message. */
  async compose(
    groups: string[][],
    sender: string,
  ): Promise<{ composed: Composed[]; failed: Uncomposable[] }> {
    const ingredients = new Map((await this.gather(groups.flat())).map((row) => [row.id, row]));
    const templates = await this.templates.inForce();
    const variables = await this.variables.from(sender);
    const composed: Composed[] = [];
    const failed: Uncomposable[] = [];
    for (const group of groups) {
      const parts = group.flatMap((id) => ingredients.get(id) ?? []);
      try {
        composed.push(await this.one(parts, templates, variables));
      } catch (error) {
        failed.push({ alertIds: group, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return { composed, failed };
  }

  private async one(
    parts: Ingredient[],
    templates: Awaited<ReturnType<TemplatesService['inForce']>>,
    variables: Awaited<ReturnType<VariablesService['from']>>,
  ): Promise<Composed> {
    const [first] = parts;
    if (!first) throw new Error('its contract or contact is gone');
    if (!first.phoneSealed || !first.phoneIndex?.equals(first.numberIndex)) {
      throw new Error('its contact has another number now');
    }
    const template = parts.length > 1 ? templates.digest(first.locale) : templates.choose(placementOf(first));
    const render = this.templates.compiled(template);
    const text =
      parts.length > 1
        ? render(
            variables.digest(first.locale, {
              count: parts.length,
              day: first.dueDay,
              reference: first.reference,
            }),
          )
        : render(variables.milestone(await this.variables.subjectOf(first)));
    return {
      alertIds: parts.map((part) => part.id),
      to: this.sealer.open(first.phoneSealed, {
        table: 'contact',
        column: 'phone_sealed',
        rowId: first.contactId,
      }),
      numberIndex: first.numberIndex,
      country: first.phoneCountry,
      shard: first.shard,
      locale: first.locale,
      template,
      text,
      references: parts.map((part) => part.reference),
      dueAt: new Date(Math.min(...parts.map((part) => part.dueAt.getTime()))),
    };
  }

  private gather(alertIds: string[]): Promise<Ingredient[]> {
    return this.database.rows<Ingredient>(
      `SELECT a.id, m.code, m.occurrence, m.date, a.wording, a.due_at, a.due_day, a.shard,
              c.reference, c.title, c.kind, c.plan_name, c.plan_version,
              d.name AS department_name, d.name_en AS department_name_en, p.id AS contact_id,
              p.phone_sealed, p.phone_index, p.phone_country,
              a.number_index, p.locale
       FROM alert a JOIN milestone m ON m.id = a.milestone_id JOIN contract c ON c.id = a.contract_id
         JOIN department d ON d.id = c.department_id JOIN contact p ON p.id = a.contact_id
       WHERE a.id = ANY($1) ORDER BY a.due_at, a.id`,
      [alertIds],
    );
  }
}

/**
 * No two messages to a number read alike, or reconciliation could take one for the other: a second occurrence of a
 * milestone gets a number at its end.
 */
export function unlike(
  text: string,
  taken: (hash: string) => boolean,
): { text: string; hash: Buffer; parts: number; encoding: string } {
  let candidate = text;
  for (let n = 2; taken(textHash(candidate).toString('hex')); n += 1) candidate = `${text} (${n})`;
  const { encoding, parts } = smsLength(candidate);
  return { text: candidate, hash: textHash(candidate), parts, encoding };
}

export function textHash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function placementOf(part: Ingredient) {
  return { locale: part.locale, kind: part.kind, milestone: part.code, wording: part.wording };
}
