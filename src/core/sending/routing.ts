import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Histogram } from 'prom-client';
import type { Carrier, Routes } from '../../config/routes.js';
import { Database } from '../../platform/database/database.js';
import { firstIdAt } from '../../platform/ids.js';
import { Kept } from '../../platform/kept.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { Slices } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import {
  allOfIt,
  partsOf,
  type Standing,
  standingByErrors,
  standingBySlowness,
  totalWeight,
} from './shares.js';

/** What is known of how providers do is a second old at the most; how long their texts take is counted over minutes. */
const errorsMs = 1000;
const slownessMs = 30_000;

/**
 * SQL of when calls of the providers `$1` erred within the hour, in milliseconds before now, the longest ago first. An error is an
 * answer that leaves open what became of the text, and a connection that could not be made. A lease that ran out is our own fault.
 */
const erredSql = `SELECT e.provider, e.ms_ago FROM unnest($1::text[]) AS p (name) CROSS JOIN LATERAL (
    SELECT t.provider, (extract(epoch FROM clock_timestamp() - t.opened_at) * 1000)::float8 AS ms_ago
    FROM attempt t WHERE t.provider = p.name AND t.detail IS NOT NULL AND t.opened_at > clock_timestamp() - interval '1 hour'
      AND NOT t.suspect AND (t.detail IN ('timed-out', 'connection-lost', 'answer-unreadable', 'connection-refused',
        'connection-failed', 'connect-timed-out', 'name-not-resolved', 'tls-failed') OR t.detail ~ '^http-(5..|408)$')
    ORDER BY t.opened_at DESC LIMIT 1000) AS e
  ORDER BY e.ms_ago DESC`;

/**
 * SQL of how many texts of a quarter of an hour, whose ids begin at `$1`, were delivered or should have been, and how many of them took
 * more than five minutes. A text that was attempted more than once says nothing of how long its provider takes.
 */
const slowSql = `SELECT provider, count(*)::int AS texts,
    count(*) FILTER (WHERE coalesce(final_at, clock_timestamp()) > frozen_at + interval '5 minutes')::int AS slow
  FROM message WHERE id >= $1 AND attempts = 1 AND (status = 'delivered'
    OR status IN ('accepted', 'sent') AND frozen_at < clock_timestamp() - interval '5 minutes')
  GROUP BY provider`;

/** Slots are what numbers are divided by: each has its own, by its blind index, and so one sender while the parts stay. */
const slots = 65_536;

/** What is braked of the ways that texts may go: senders, and each `sender/country`. */
interface Braked {
  senders: ReadonlySet<string>;
  routes: ReadonlySet<string>;
}

/** A Part says how much of the texts to a country a provider carries at present, and why that is not what was configured. */
export interface Part extends Standing {
  country: string;
  provider: SmsProvider;
  /** Both between 0 and 1. */
  part: number;
  configured: number;
}

/** RoutesNow say which provider freezes the texts to which numbers, by the routes, the brakes and how the providers do. */
export class RoutesNow {
  constructor(readonly parts: readonly Part[]) {}

  /** Returns the slots whose texts these providers carry, by country; null where they carry all. */
  slicesOf(providers: readonly SmsProvider[]): Slices | null {
    const slices: Slices = { countries: [], lows: [], highs: [] };
    if (!this.parts.some(({ provider, part }) => part > 0 && providers.includes(provider))) return slices;
    let isAll = true;
    let at = 0;
    let country = '';
    for (const one of this.parts) {
      if (one.country !== country) at = 0;
      country = one.country;
      const low = Math.round(at * slots);
      at += one.part;
      const isIn = providers.includes(one.provider);
      isAll &&= isIn || one.part === 0;
      slices.countries.push(country);
      slices.lows.push(low);
      slices.highs.push(isIn ? Math.round(at * slots) : low);
    }
    return isAll ? null : slices;
  }

  /** Lists the countries that have routes of their own at present, those whose every provider is braked among them, and whether the rest of the world is. */
  braked(): { known: string[]; paused: string[]; elsewhere: boolean } {
    const known = [...new Set(this.parts.map(({ country }) => country))].filter((country) => country !== '*');
    const isPaused = (country: string) =>
      this.parts.every((part) => part.country !== country || part.why === 'braked');
    return { known, paused: known.filter(isPaused), elsewhere: isPaused('*') };
  }
}

/** Routing decides which provider a text is frozen for. Whatever is frozen stays with its provider. */
@Injectable()
export class Routing {
  private readonly logger = new Logger(Routing.name);
  private readonly routes: Routes;
  private readonly slowness = new Kept(slownessMs, () => this.readSlowness());
  private readonly standings = new Kept(errorsMs, () => this.readStandings());

  constructor(
    @Inject(CONFIG) config: { routes: Routes },
    private readonly database: Database,
    private readonly providers: Providers,
  ) {
    this.routes = config.routes;
  }

  get senders(): string[] {
    return this.providers.senders;
  }

  get callSeconds(): Histogram {
    return this.providers.callSeconds;
  }

  /** Whether there is anything to choose: with one provider for all there is not, and nothing is read. */
  get isChoice(): boolean {
    return this.providers.carriers.length > 1;
  }

  async routesNow(brakes: Braked): Promise<RoutesNow> {
    const standings = this.isChoice ? await this.standings.get() : new Map<string, Standing>();
    const braked = [...brakes.routes].map((route) => route.slice(route.lastIndexOf('/') + 1));
    const countries = [...new Set([...this.routes.keys(), ...braked])];
    return new RoutesNow(
      countries.flatMap((country) => {
        const carriers = this.routes.get(country) ?? this.routes.get('*') ?? [];
        const standingOf = (name: string): Standing => {
          const sender = this.require(name).sender;
          const isBraked = brakes.senders.has(sender) || brakes.routes.has(`${sender}/${country}`);
          return isBraked ? { share: 0, why: 'braked', msAgo: null } : (standings.get(name) ?? allOfIt);
        };
        return this.partsIn(country, carriers, standingOf);
      }),
    );
  }

  /** Returns how each provider that new texts may go through does. */
  async standingsNow(): Promise<ReadonlyMap<string, Standing>> {
    return this.isChoice
      ? this.standings.get()
      : new Map(this.providers.carriers.map(({ name }) => [name, allOfIt]));
  }

  private partsIn(
    country: string,
    carriers: readonly Carrier[],
    standingOf: (name: string) => Standing,
  ): Part[] {
    const total = totalWeight(carriers);
    const parts = partsOf(carriers, standingOf);
    return carriers.map(({ provider, weight }, i) => ({
      ...standingOf(provider),
      country,
      provider: this.require(provider),
      part: parts[i] ?? 0,
      configured: weight / total,
    }));
  }

  private require(name: string): SmsProvider {
    const provider = this.providers.for(name);
    if (!provider) throw new Error(`the provider ${name} is not configured`);
    return provider;
  }

  private async readStandings(): Promise<ReadonlyMap<string, Standing>> {
    const names = this.providers.carriers.map(({ name }) => name);
    const slowness = await this.slowness.get();
    const erred = await this.database.rows<{ provider: string; msAgo: number }>(erredSql, [names], 'kept');
    const standings = new Map(
      names.map((name) => {
        const byErrors = standingByErrors(
          erred.filter(({ provider }) => provider === name).map(({ msAgo }) => msAgo),
        );
        const bySlowness = slowness.get(name) ?? allOfIt;
        return [name, byErrors.share <= bySlowness.share ? byErrors : bySlowness];
      }),
    );
    this.report(standings);
    return standings;
  }

  private async readSlowness(): Promise<ReadonlyMap<string, Standing>> {
    const rows = await this.database.rows<{ provider: string; texts: number; slow: number }>(slowSql, [
      firstIdAt(new Date(Date.now() - 900_000)),
    ]);
    return new Map(rows.map(({ provider, ...counts }) => [provider, standingBySlowness(counts)]));
  }

  private report(standings: ReadonlyMap<string, Standing>): void {
    for (const [provider, { share, why }] of standings) {
      const before = this.standings.last?.get(provider)?.share ?? 100;
      if (share < before)
        this.logger.warn({ provider, share, why }, 'a provider has lost of its share of new texts');
      if (share > before) this.logger.log({ provider, share }, 'a provider has won back of its share');
    }
  }
}
