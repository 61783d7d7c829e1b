import { groupedBy } from '../../../platform/grouped-by.js';
import { countryOf } from '../../../platform/phone-numbers/country.js';
import { parsePhoneNumber, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { rowProblem, type RowProblem } from '../import.types.js';
import { eitherAt, type OcdsRules, type ProcessContracts } from './contracts.js';
import { type JsonObject, listAt, objectAt, textAt } from './json.js';
import type { CompiledRelease, OcdsRelease } from './merging.js';
import { ocdsFinding } from './ocds.words.js';
import { type OcdsBatch, shownOcid } from './releases.js';

/**
 * Reports each supplier with a usable number whom no contract that was taken names, and none that was refused: merging,
 * an award without a contract, and a release that came too late can all leave somebody out. It goes by the releases as
 * they came, and not by what became of them.
 */
export function untoldSuppliers(
  { releases, line }: Pick<OcdsBatch, 'releases' | 'line'>,
  compiled: CompiledRelease,
  { contracts, refused }: ProcessContracts,
  rules: OcdsRules,
): RowProblem[] {
  const counterparties = contracts.flatMap(({ counterparties }) => counterparties);
  const told = new Set(counterparties.flatMap(({ externalId, name }) => keysOf(externalId, name)));
  const numbers = new Set(counterparties.flatMap(({ contacts }) => contacts.map(({ phone }) => phone)));
  const inRefused = new Set(refused.flatMap(({ suppliers }) => suppliers.flatMap(keysOfObject)));
  const untold = new Map<string, RowProblem>();
  const parties = new PartyNumbers([...releases, compiled.release], rules);
  for (const release of releases) {
    const stated = suppliersIn(release);
    const shared = sharedKeys(stated);
    for (const { supplier, list, path } of stated) {
      const [[key], name] = [keysOfObject(supplier), textAt(supplier, 'name')];
      const own = shared.has(key) ? `${key} ${name ?? ''}` : key;
      if (inRefused.has(key) || untold.has(own) || (told.has(key) && !shared.has(key))) continue;
      const usable = parties.numbersOf(supplier, shared.has(key));
      if (usable.length === 0 || (told.has(key) && usable.some((number) => numbers.has(number)))) continue;
      const place = {
        line,
        field: `${shownOcid(release.ocid)} ${list}[${path}]`,
        value: showRaw(name ?? ''),
      };
      untold.set(own, rowProblem(place, ocdsFinding('supplier-not-told'), 'warning'));
    }
  }
  return [...untold.values()];
}

/** By the first, one supplier is told from others; one that is named without its id is known by its name. */
function keysOf(id: string | null, name: string | null): [string, ...string[]] {
  const byName = `name ${name ?? ''}`;
  return id === null ? [byName] : [`id ${id}`, byName];
}

function keysOfObject(supplier: JsonObject): [string, ...string[]] {
  return keysOf(textAt(supplier, 'id'), textAt(supplier, 'name'));
}

interface StatedSupplier {
  supplier: JsonObject;
  /** The list that it stands in. */
  list: string;
  path: string;
}

function suppliersIn(release: OcdsRelease): StatedSupplier[] {
  const id = (object: JsonObject) => textAt(object, 'id', 80) ?? textAt(object, 'name', 80) ?? '?';
  const listed = (['awards', 'contracts'] as const).flatMap((key) =>
    listAt(release, key).flatMap((one) => {
      const list = `${key}[${id(one)}].suppliers`;
      return listAt(one, 'suppliers').map((supplier) => ({ supplier, list, path: id(supplier) }));
    }),
  );
  const parties = listAt(release, 'parties')
    .filter(({ roles }) => [roles].flat().includes('supplier'))
    .map((supplier) => ({ supplier, list: 'parties', path: id(supplier) }));
  return [...listed, ...parties];
}

/** Finds ids that stand for several names in one list: only the last of them is left when it is merged. */
function sharedKeys(stated: readonly StatedSupplier[]): Set<string> {
  const names = new Map<string, string | null>();
  const shared = new Set<string>();
  for (const { supplier, list } of stated) {
    const [key] = keysOfObject(supplier);
    const [place, name] = [`${list} ${key}`, textAt(supplier, 'name')];
    if (names.has(place) && names.get(place) !== name) shared.add(key);
    names.set(place, name);
  }
  return shared;
}

/** PartyNumbers finds the numbers that releases have of a supplier and that can be texted. */
class PartyNumbers {
  private byKey: Map<string, JsonObject[]> | null = null;

  constructor(
    private readonly releases: readonly OcdsRelease[],
    private readonly rules: OcdsRules,
  ) {}

  /** Where its id is shared, only those under its own name. */
  numbersOf(supplier: JsonObject, byName: boolean): string[] {
    this.byKey ??= this.partiesByKey();
    const parties = this.byKey.get(keysOfObject(supplier)[0]) ?? [];
    const name = textAt(supplier, 'name');
    const own = byName ? parties.filter((party) => textAt(party, 'name') === name) : parties;
    return [supplier, ...own].flatMap((party) => this.usableNumbers(party, supplier));
  }

  private partiesByKey(): Map<string, JsonObject[]> {
    const parties = this.releases.flatMap((release) => listAt(release, 'parties'));
    const keyed = parties.flatMap((party) => keysOfObject(party).map((key) => ({ key, party })));
    const grouped = [...groupedBy(keyed, ({ key }) => key)];
    return new Map(grouped.map(([key, of]) => [key, of.map(({ party }) => party)]));
  }

  private usableNumbers(party: JsonObject, supplier: JsonObject): string[] {
    const address = eitherAt([party, supplier], 'address');
    const country = countryOf(textAt(address, 'country') ?? textAt(address, 'countryName') ?? '');
    const points = [objectAt(party, 'contactPoint'), ...listAt(party, 'additionalContactPoints')];
    return points.flatMap((point) => {
      const raw = textAt(point, 'telephone') ?? '';
      const parsed = parsePhoneNumber(raw, country, { allowFiction: this.rules.allowFiction });
      return parsed.ok ? [parsed.e164] : [];
    });
  }
}
