import { type JsonObject, listAt, objectAt, textAt } from './json.js';

/** The kinds that OCDS has categories for. */
export const ocdsKinds = ['works', 'service', 'goods'] as const;
export type OcdsKind = (typeof ocdsKinds)[number];

/** GivenKinds are what somebody says of contracts whose file names no category: for a buyer by its name, else for all. */
export interface GivenKinds {
  all: OcdsKind | null;
  buyers: Readonly<Record<string, OcdsKind>>;
}

const categories: Record<string, OcdsKind> = { goods: 'goods', works: 'works', services: 'service' };

/** Returns the kind that the tender's category names. */
export function kindNamed(tender: JsonObject): OcdsKind | null {
  const category = textAt(tender, 'mainProcurementCategory') ?? '';
  return (Object.hasOwn(categories, category) ? categories[category] : undefined) ?? null;
}

/** Returns the kind that was given with the file for a buyer, or for all. */
export function kindGiven({ all, buyers }: GivenKinds, buyer: string | null): OcdsKind | null {
  return (Object.hasOwn(buyers, buyer ?? '') ? buyers[buyer ?? ''] : undefined) ?? all;
}

/** A Guess is a kind, and the code or the title that it was guessed from. */
export interface Guess {
  kind: OcdsKind;
  from: 'CPV' | 'UNSPSC' | 'title';
  value: string;
}

/** Guesses a kind from how items are classified, else from a title. */
export function guessedKind(items: readonly JsonObject[], titles: readonly string[]): Guess | null {
  const codes = items.flatMap(classifications);
  for (const [from, kindOf] of [['CPV', kindByCpv] as const, ['UNSPSC', kindByUnspsc] as const]) {
    const own = codes.filter((code) => code.scheme === from);
    const [first] = own;
    if (!first) continue;
    const works = own.find(({ value }) => kindOf(value) === 'works');
    return { kind: kindOf((works ?? first).value), from, value: (works ?? first).value };
  }
  for (const value of titles) {
    const kind = kindByTitle(value);
    if (kind) return { kind, from: 'title', value };
  }
  return null;
}

function classifications(item: JsonObject): { scheme: Guess['from']; value: string }[] {
  const all = [objectAt(item, 'classification'), ...listAt(item, 'additionalClassifications')];
  return all.flatMap((one) => {
    const [scheme] = /^(CPV|UNSPSC)/i.exec(textAt(one, 'scheme') ?? '') ?? [];
    // Published by way of a spreadsheet, 03000000 comes without its zero and 45233130 as 45233130.0.
    const [digits] = /^\d{7,8}(?!\d)/.exec(textAt(one, 'id') ?? '') ?? [];
    if (scheme === undefined || digits === undefined) return [];
    return [{ scheme: scheme.toUpperCase() as 'CPV' | 'UNSPSC', value: digits.padStart(8, '0') }];
  });
}

/** By the division of the Common Procurement Vocabulary: 45 is works, up to 44 and 48 goods. */
function kindByCpv(code: string): OcdsKind {
  const division = Number(code.slice(0, 2));
  return division === 45 ? 'works' : division < 45 || division === 48 ? 'goods' : 'service';
}

/**
 * By the segment of the United Nations Standard Products and Services Code: 72 is building and facility construction and
 * maintenance, 95 is buildings and structures; products go up to 60.
 */
function kindByUnspsc(code: string): OcdsKind {
  const segment = Number(code.slice(0, 2));
  return segment === 72 || segment === 95 ? 'works' : segment <= 60 ? 'goods' : 'service';
}

/** It finds words of titles, with a group for each of `ocdsKinds` in their order. */
const inKorean = /(공사|시공|신축|증축)|(용역|위탁|대행|감리|컨설팅)|(구매|구입|물품|납품|자재)/gu;
const inOthers =
  /\b(?:(construction|works|resurfacing|refurbishment|demolition|obras?|construcci[oó]n|rehabilitaci[oó]n|travaux)|(services?|consult(?:ing|ancy)|maintenance|cleaning|servicios?|servi[cç]os?|consultor[ií]a)|(supply|supplies|purchase|procurement|delivery|adquisici[oó]n|suministros?|compra|aquisi[cç][aã]o|fournitures?))(?![\p{L}])/giu;

/** A Korean title says at its end what it is about, the others at their beginning: 공사용 자재 구매, supply of works clothes. */
function kindByTitle(title: string): OcdsKind | null {
  const found = [...title.matchAll(inKorean)].at(-1) ?? [...title.matchAll(inOthers)][0];
  return ocdsKinds.find((_, i) => found?.[i + 1] !== undefined) ?? null;
}
