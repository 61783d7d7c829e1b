import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { projectPath } from '../../platform/project-files.js';
import { dayText, momentText, moneyText, numberText } from './formats.js';
import { type Both, type Locale, translate } from '../../platform/words/words.js';
import './console.words.js';

interface Root {
  locale: Locale;
  /** The agency's. */
  timeZone: string;
}

/** Views are the pages' templates, compiled once; what is put in is escaped. */
@Injectable()
export class Views {
  readonly folder = projectPath('templates/console');
  private readonly handlebars = Handlebars.create();
  private readonly compiled = new Map<string, Handlebars.TemplateDelegate>();

  constructor() {
    for (const name of namesIn(join(this.folder, 'partials'))) {
      this.handlebars.registerPartial(name, this.source(`partials/${name}`));
    }
    registerHelpers(this.handlebars);
  }

  /** `name` is a file below the folder, without its ending. */
  render(name: string, data: Root & Record<string, unknown>): string {
    let template = this.compiled.get(name);
    if (!template) {
      template = this.handlebars.compile(this.source(name), { preventIndent: true });
      this.compiled.set(name, template);
    }
    return template(data);
  }

  private source(name: string): string {
    return readFileSync(join(this.folder, `${name}.hbs`), 'utf8');
  }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((file) =>
    file.endsWith('.hbs') ? [file.slice(0, -'.hbs'.length)] : [],
  );
}

type Helped = Omit<Handlebars.HelperOptions, 'data'> & { data: { root: Root } };

function registerHelpers(handlebars: typeof Handlebars): void {
  const localised =
    <T>(write: (value: T, locale: Locale, timeZone: string) => string) =>
    (value: T | null | undefined, { data: { root } }: Helped) =>
      value === null || value === undefined || value === '' ? '' : write(value, root.locale, root.timeZone);
  handlebars.registerHelper({
    /** The words of a key, with the values that they want. */
    t: (key: string, { data, hash }: Helped) =>
      translate(data.root.locale, key, hash as Record<string, unknown>),
    /** The words of a key that is made of two parts, such as `kinds` and a kind. */
    tIn: (section: string, name: string, { data, hash }: Helped) =>
      translate(data.root.locale, `${section}.${name}`, hash as Record<string, unknown>),
    /** The reader's own of two languages. */
    both: localised((words: { ko: string; en: string } | Both, locale) =>
      'ko' in words ? words[locale] : words[locale === 'ko' ? 0 : 1],
    ),
    day: localised(dayText),
    moment: localised(momentText),
    figure: localised(numberText),
    money: localised(moneyText),
    eq: (a: unknown, b: unknown) => a === b,
    or: (...values: unknown[]) => values.slice(0, -1).find(Boolean) ?? false,
    and: (...values: unknown[]) => values.slice(0, -1).every(Boolean),
    concat: (...parts: unknown[]) => parts.slice(0, -1).join(''),
  });
}
