import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Get, Injectable, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Handlebars from 'handlebars';
import { Public } from '../../core/access/rules.js';
import type { Agency } from '../../core/settings/settings.schema.js';
import { bytesOverSms, dearCharacters } from '../../core/texts/lengths.js';
import type { LengthsView } from '../../core/texts/template.schema.js';
import { notFound } from '../../platform/app-error.js';
import type { ClockMoves } from '../../platform/clock/clock-moves.js';
import { projectPath } from '../../platform/project-files.js';
import { type Both, hasWords, type Locale, translate } from '../../platform/words/words.js';
import { Page } from '../accounts/page.guard.js';
import { isolated, isolatedParams, parseIsolating } from './isolation.js';
import { toneOf } from './tones.js';
import { clockText, dayText, momentText, moneyText, monthText, numberText } from './formats.js';
import './console.words.js';
import './contracts/contracts.words.js';
import './proposals/proposals.words.js';

const folder = projectPath('templates/console');

/** Prices are what texts cost the agency, as far as somebody said. */
export type Prices = Pick<Agency, 'currency' | 'prices'>;

interface Root extends Prices {
  locale: Locale;
  /** The agency's. */
  timeZone: string;
  clockMoves: ClockMoves;
}

/** Views are the pages' templates, compiled once; what is put in is escaped. */
@Injectable()
export class Views {
  private readonly handlebars = Handlebars.create();
  private readonly compiled = new Map<string, Handlebars.TemplateDelegate>();

  constructor() {
    for (const file of readdirSync(join(folder, 'partials'))) {
      const name = file.slice(0, -'.hbs'.length);
      this.handlebars.registerPartial(name, this.compile(`partials/${name}`));
    }
    registerHelpers(this.handlebars);
  }

  /** Renders a view; `name` is a file below the folder, without its ending. */
  render(name: string, data: Root & Record<string, unknown>): string {
    let template = this.compiled.get(name);
    if (!template) {
      template = this.compile(name);
      this.compiled.set(name, template);
    }
    return template(data);
  }

  private compile(name: string): Handlebars.TemplateDelegate {
    const source = readFileSync(join(folder, `${name}.hbs`), 'utf8');
    return this.handlebars.compile(parseIsolating(source), { preventIndent: true });
  }
}

type Helped = Omit<Handlebars.HelperOptions, 'data'> & { data: { root: Root } };

/** Writes what a text costs in Korea and elsewhere; '' where nobody said what texts cost. */
function costText({ sms, korean }: LengthsView, { locale, prices, currency }: Root): string {
  const inKorea = { SMS: prices.sms, LMS: prices.lms, 'too-long': null }[korean.class];
  const costs = { costInKorea: inKorea, costElsewhere: prices.part && prices.part * sms.parts };
  return Object.entries(costs)
    .flatMap(([key, amount]) =>
      amount === null
        ? []
        : [
            translate(locale, `contracts.${key}`, {
              cost: moneyText({ amount: String(amount), currency }, locale),
            }),
          ],
    )
    .join(', ');
}

function registerHelpers(handlebars: typeof Handlebars): void {
  const localised =
    <T>(write: (value: T, locale: Locale, timeZone: string) => string) =>
    (value: T | null | undefined, { data: { root } }: Helped) =>
      value === null || value === undefined || value === '' ? '' : write(value, root.locale, root.timeZone);
  const shownBy =
    (translated: (moves: ClockMoves, moment: Date) => Date) =>
    (moment: string | Date | null | undefined, { data: { root } }: Helped) =>
      moment ? momentText(translated(root.clockMoves, new Date(moment)), root.locale, root.timeZone) : '';
  handlebars.registerHelper({
    /** Writes the words of a key, with the values that they want. */
    t: (key: string, { data, hash }: Helped) => translate(data.root.locale, key, isolatedParams(hash)),
    /** Writes the words of a key that is made of two parts, such as `kinds` and a kind. */
    tIn: (section: string, name: string, { data, hash }: Helped) =>
      translate(data.root.locale, `${section}.${name}`, isolatedParams(hash)),
    /** Writes the reader's own of two languages. */
    both: localised((words: { ko: string; en: string } | Both, locale) =>
      'ko' in words ? words[locale] : words[locale === 'ko' ? 0 : 1],
    ),
    /** Writes a position as it was written, or the words of one that imports write. */
    position: localised((role: string, locale) =>
      hasWords(`positions.${role}`) ? translate(locale, `positions.${role}`) : role,
    ),
    day: localised(dayText),
    monthOf: localised(monthText),
    moment: localised(momentText),
    /** Writes a moment that the system's clock noted, which in a sandbox is not the clock of the page. */
    momentOfSystem: shownBy((moves, moment) => moves.ofSystem(moment)),
    /** Writes a past moment, which may have been noted before the sandbox's clock was first moved. */
    momentNoted: shownBy((moves, moment) => moves.ofClock(moment)),
    clock: localised(clockText),
    figure: localised(numberText),
    isolated,
    encoded: (value: unknown) => encodeURIComponent(String(value)),
    toneOf,
    money: localised(moneyText),
    cost: (lengths: LengthsView, { data }: Helped) => costText(lengths, data.root),
    overSms: ({ korean }: LengthsView) => (korean.class === 'LMS' ? bytesOverSms(korean.bytes) : null),
    dear: (text: string) => {
      const dear = dearCharacters(text);
      return dear && { ...dear, characters: dear.characters.join(' ') };
    },
    eq: (a: unknown, b: unknown) => a === b,
    or: (...values: unknown[]) => values.slice(0, -1).find(Boolean) ?? false,
    and: (...values: unknown[]) => values.slice(0, -1).reduce((all, value) => all && value),
    concat: (...parts: unknown[]) => parts.slice(0, -1).join(''),
  });
}

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Assets are the pages' style, script and mark, read once; an address holds its content's hash, and may be kept for ever. */
@Injectable()
export class Assets {
  /** By the short names that the layout uses: `{{assets.style}}`. */
  readonly addresses: Record<'style' | 'script' | 'htmx' | 'mark', string>;
  private readonly byName = new Map<string, { body: Buffer; type: string }>();

  constructor() {
    const own = (file: string) => join(folder, 'assets', file);
    const require = createRequire(import.meta.url);
    this.addresses = {
      style: this.keep('console', 'css', own('console.css')),
      script: this.keep('console', 'js', own('console.js')),
      htmx: this.keep('htmx', 'js', require.resolve('htmx.org/dist/htmx.min.js')),
      mark: this.keep('lantern', 'svg', own('lantern.svg')),
    };
  }

  /** Throws `not-found` for a name that no asset has now, such as that of an older release. */
  requireAsset(name: string): { body: Buffer; type: string } {
    const asset = this.byName.get(name);
    if (!asset) throw notFound('file');
    return asset;
  }

  private keep(stem: string, ending: keyof typeof types, path: string): string {
    const body = readFileSync(path);
    const name = `${stem}.${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${ending}`;
    this.byName.set(name, { body, type: types[ending] });
    return `/console/assets/${name}`;
  }
}

@Controller('console/assets')
@Page()
@Public()
export class AssetsController {
  constructor(private readonly assets: Assets) {}

  @Get(':name')
  get(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const { body, type } = this.assets.requireAsset(name);
    void reply.header('content-type', type).header('cache-control', 'public, max-age=31536000, immutable');
    return body;
  }
}
