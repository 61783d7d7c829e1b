import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Locale } from '../../platform/words/words.js';
import type { Wording } from '../planning/planning.types.js';
import type { Kind } from '../settings/plan.schema.js';
import { smsLength } from '../texts/lengths.js';
import { compileTemplate } from '../texts/rendering.js';
import { TemplatesService } from '../texts/templates.service.js';
import { VariablesService } from '../texts/variables.service.js';
import type { MessageToFreeze } from './message-states.js';
import type { Situation } from './situation.js';

/** One text to one number, for one alert or a digest of several. */
export interface Composed {
  alertIds: string[];
  templateKey: string;
  message: MessageToFreeze;
}

interface Uncomposable {
  alertIds: string[];
  why: string;
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

/** TextComposer makes the texts of claimed alerts. One that cannot be made does not hold up the others. */
@Injectable()
export class TextComposer {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /** Composes one message for each group of alerts, given by their ids. */
  async composeMessages(
    groups: string[][],
    { provider, now }: Pick<Situation, 'provider' | 'now'>,
  ): Promise<{ composed: Composed[]; failed: Uncomposable[] }> {
    const ingredients = new Map((await this.gather(groups.flat())).map((row) => [row.id, row]));
    const templates = await this.templates.inForce();
    const variables = await this.variables.from(provider.sender);
    const origin = { provider: provider.name, sender: provider.sender, serviceTime: now };
    const composed: Composed[] = [];
    const failed: Uncomposable[] = [];
    for (const group of groups) {
      const parts = group.flatMap((id) => ingredients.get(id) ?? []);
      try {
        const { template, ...text } = await this.composeText(parts, templates, variables);
        const message = { ...text, ...origin, id: newId(), templateVersionId: template.id };
        composed.push({ alertIds: group, templateKey: template.key, message });
      } catch (error) {
        failed.push({ alertIds: group, why: error instanceof Error ? error.message : String(error) });
      }
    }
    return { composed, failed };
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

  private async composeText(
    parts: Ingredient[],
    templates: Awaited<ReturnType<TemplatesService['inForce']>>,
    variables: Awaited<ReturnType<VariablesService['from']>>,
  ) {
    const [first] = parts;
    if (!first) throw new Error('its contract or contact is gone');
    if (!first.phoneSealed || !first.phoneIndex?.equals(first.numberIndex)) {
      throw new Error('its contact has another number now');
    }
    const { locale, kind, code, wording, dueDay: day, reference, numberIndex, shard } = first;
    const isDigest = parts.length > 1;
    const template = isDigest
      ? templates.digest(locale)
      : templates.choose({ locale, kind, milestone: code, wording });
    const text = compileTemplate(template.body)(
      isDigest
        ? variables.digest(locale, { count: parts.length, day, reference })
        : variables.milestone(await this.variables.subjectOf(first)),
    );
    const place = { table: 'contact', column: 'phone_sealed', rowId: first.contactId };
    return {
      to: this.sealer.open(first.phoneSealed, place),
      numberIndex,
      country: first.phoneCountry,
      shard,
      locale,
      template,
      dueAt: new Date(Math.min(...parts.map((part) => part.dueAt.getTime()))),
      ...measured(text),
    };
  }
}

/**
 * Makes a text unlike those that its number already has, or reconciliation could take one for the other: a second
 * occurrence of a milestone gets a number at its end. `isTaken` is asked by the hex of a text's hash.
 */
export function unlike(text: string, isTaken: (hash: string) => boolean): Measured {
  let candidate = measured(text);
  for (let n = 2; isTaken(candidate.textHash.toString('hex')); n += 1) candidate = measured(`${text} (${n})`);
  return candidate;
}

type Measured = Pick<MessageToFreeze, 'text' | 'textHash' | 'encoding' | 'parts'>;

function measured(text: string): Measured {
  const { encoding, parts } = smsLength(text);
  return { text, textHash: createHash('sha256').update(text).digest(), encoding, parts };
}
