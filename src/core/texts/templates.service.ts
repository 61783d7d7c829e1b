import { Injectable } from '@nestjs/common';
import type { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { type Locale, words, wordsOf } from '../../platform/words/words.js';
import { actorOf, type Caller } from '../access/roles.js';
import { Journal } from '../proof/journal.service.js';
import { type Beginning, type Standing, standingOf } from '../settings/beginnings.js';
import { SettingsService } from '../settings/settings.service.js';
import { chooseDigest, chooseTemplate, purposeOf, templateKey } from './template-placement.js';
import type { TemplatePlacement } from './template-placement.js';
import { checkTemplate, describeProblem, type TemplateProblem } from './template-rules.js';
import { TemplateVersion } from './template-version.entity.js';
import { textProblems } from './texts.words.js';

/** TemplatesInForce are the versions of all templates that are in force. Its methods throw when there is none that serves. */
export interface TemplatesInForce {
  choose(wanted: TemplatePlacement): TemplateVersion;
  serves(wanted: TemplatePlacement): boolean;
  digest(locale: Locale): TemplateVersion;
}

/** TemplatesService keeps the versions of the templates. They are checked when they are saved, and never rewritten. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  async inForce(): Promise<TemplatesInForce> {
    const rows = await this.database.rows<TemplateVersion>(
      `SELECT DISTINCT ON (key) * FROM template_version WHERE from_on IS NULL OR from_on <= $1
       ORDER BY key, version DESC`,
      [await this.settings.today()],
    );
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const { value: agency } = await this.settings.agency();
    const require = (key: string | null, place: string): TemplateVersion => {
      const found = key === null ? undefined : byKey.get(key);
      if (!found) throw textProblems.error('template-missing', { place });
      return found;
    };
    const chosen = new Map<string, TemplateVersion>();
    const choose = (wanted: TemplatePlacement): TemplateVersion => {
      const place = templateKey(wanted);
      const found = chosen.get(place) ?? require(chooseTemplate(byKey, wanted, agency.locale), place);
      chosen.set(place, found);
      return found;
    };
    return {
      choose,
      serves: (wanted) => chooseTemplate(byKey, wanted, agency.locale) !== null,
      digest: (locale) => require(chooseDigest(byKey, locale, agency.locale), `a digest in ${locale}`),
    };
  }

  /** Returns every version, or those of one key: by key, the newest version first. */
  versions(key?: string): Promise<TemplateVersion[]> {
    return this.database.repository(TemplateVersion).find({
      where: key === undefined ? {} : { key },
      order: { key: 'ASC', version: 'DESC' },
    });
  }

  /** Returns which version of a key is in force, and which are to come. */
  async standing(key: string): Promise<Standing<TemplateVersion>> {
    return standingOf(await this.versions(key), await this.settings.today());
  }

  /** Throws with line and column of everything that keeps the template from being used. */
  async check(placement: TemplatePlacement, body: string): Promise<void> {
    const { value: agency } = await this.settings.agency();
    const problems = checkTemplate(body, {
      locale: placement.locale,
      purpose: purposeOf(placement),
      allowedDomains: agency.linkDomains,
    });
    if (problems.length > 0) throw refusalOf(problems);
  }

  /** Adds the next version, which holds from its day on; the one that was in force stays with the messages it was sent with. */
  async put(
    caller: Caller | 'set-up',
    placement: TemplatePlacement,
    body: string,
    reason: string | null,
    { fromOn: day = null, approvedBy = null }: Partial<Beginning> = {},
  ): Promise<TemplateVersion> {
    await this.check(placement, body);
    const fromOn = await this.settings.dayToCome(day);
    const key = templateKey(placement);
    const actor = caller === 'set-up' ? caller : actorOf(caller);
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<TemplateVersion>(
        `INSERT INTO template_version (id, key, version, body, actor, reason, from_on, approved_by)
         SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM template_version WHERE key = $2
         ON CONFLICT DO NOTHING RETURNING *`,
        [newId(), key, body, actor, reason, fromOn, approvedBy],
      );
      if (!row) throw textProblems.error('template-changed');
      await this.journal.state('template_version', [row.id]);
      await this.journal.record({
        subject: 'template',
        subjectId: row.id,
        what: 'template-version-added',
        params: { template: key, version: row.version },
        after: { key, version: row.version, body, ...(fromOn && { fromOn }) },
        actor,
        reason,
      });
      return row;
    });
  }
}

function refusalOf(problems: TemplateProblem[]): AppError {
  const described = problems.map((problem) => ({ ...problem, ...describeProblem(problem) }));
  const places = described.map(({ line, column, message }) =>
    wordsOf('templateProblems.at', { line, column, problem: message }),
  );
  const all = words(places.map(({ ko }) => ko).join(' '), places.map(({ en }) => en).join(' '));
  const fields = described.map(({ line, column, code, message, allowed }) => ({
    ...(allowed.length > 0
      ? textProblems.field('', 'template-alternatives', { problem: message, allowed })
      : textProblems.field('', 'template-problem', { problem: message })),
    path: `body:${line}:${column}`,
    code,
  }));
  return textProblems.error('template-refused', { problems: all }, { fields });
}
