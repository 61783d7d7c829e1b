import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { compileTemplate, type RenderText } from './compile-template.js';
import { chooseDigest, chooseTemplate, templateKey, type TemplatePlacement } from './fallback.js';
import { purposeOf } from './load-templates.js';
import { checkTemplate } from './template-rules.js';
import type { Locale } from './text-variables.js';
import { Database } from '../../platform/database/database.js';

export interface TemplateVersion {
  id: string;
  key: string;
  version: number;
  body: string;
  actor: string;
  createdAt: Date;
}

const columns = `id, key, version, body, actor, created_at`;

/** The templates in force, by key: the highest version of each. */
export interface TemplatesInForce {
  choose(wanted: TemplatePlacement): TemplateVersion;
  digest(locale: Locale): TemplateVersion;
}

/** Template versions: immutable, checked when they are saved, compiled once. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  async inForce(): Promise<TemplatesInForce> {
    const rows = await this.database.rows<TemplateVersion>(
      `SELECT DISTINCT ON (key) ${columns} FROM template_version ORDER BY key, version DESC`,
    );
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const { value: agency } = await this.settings.agency();
    const must = (key: string | null, what: string): TemplateVersion => {
      const found = key === null ? undefined : byKey.get(key);
      if (!found) throw new AppError('not-found', 'template-missing', `There is no template for ${what}.`);
      return found;
    };
    return {
      choose: (wanted) => must(chooseTemplate(byKey, wanted, agency.locale), templateKey(wanted)),
      digest: (locale) => must(chooseDigest(byKey, locale, agency.locale), `a digest in ${locale}`),
    };
  }

  compiled({ body }: Pick<TemplateVersion, 'body'>): RenderText {
    return compileTemplate(body);
  }

  async versions(key?: string): Promise<TemplateVersion[]> {
    return this.database.rows<TemplateVersion>(
      `SELECT ${columns} FROM template_version WHERE $1::text IS NULL OR key = $1 ORDER BY key, version DESC`,
      [key ?? null],
    );
  }

  /** Throws with line and column of everything that keeps the template from being used. */
  async check(placement: TemplatePlacement, body: string): Promise<void> {
    const { value: agency } = await this.settings.agency();
    const problems = checkTemplate(body, {
      locale: placement.locale,
      purpose: purposeOf(placement),
      allowedDomains: agency.linkDomains,
    });
    if (problems.length === 0) return;
    throw new AppError(
      'invalid',
      'template-refused',
      problems.map((p) => `Line ${p.line}, column ${p.column}: ${p.message}`).join(' '),
      problems.map((p) => ({
        path: `body:${p.line}:${p.column}`,
        code: p.code,
        message:
          p.allowed.length > 0 ? `${p.message} What may stand here: ${p.allowed.join(', ')}` : p.message,
      })),
    );
  }

  /** Adds the next version; the one that was in force stays with the messages it was sent with. */
  async put(
    caller: Caller | 'set-up',
    placement: TemplatePlacement,
    body: string,
    reason: string | null,
  ): Promise<TemplateVersion> {
    await this.check(placement, body);
    const key = templateKey(placement);
    const actor = caller === 'set-up' ? caller : actorOf(caller);
    return this.database.inTransaction(async () => {
      const [row] = await this.database.rows<TemplateVersion>(
        `INSERT INTO template_version (id, key, version, body, actor, reason)
         SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 FROM template_version WHERE key = $2
         ON CONFLICT DO NOTHING RETURNING ${columns}`,
        [newId(), key, body, actor, reason],
      );
      if (!row) {
        throw new AppError(
          'conflict',
          'template-changed',
          `${key} was changed at the same moment; look and try again.`,
        );
      }
      await this.journal.record({
        subject: 'template',
        subjectId: row.id,
        what: 'template-version-added',
        params: { template: key, version: row.version },
        before: null,
        after: { key, version: row.version, body },
        actor,
        reason,
      });
      return row;
    });
  }
}
