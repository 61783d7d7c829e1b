import type { Carrier } from '../../config/routes.js';

/** So many calls of a provider have to err within a minute before its share is taken; both figures are GOV.UK Notify's. */
export const errorsThatTake = 50;
const minuteMs = 60_000;
/** A provider wins back so much in each minute after its share was taken. */
const pointsOfAMinute = 10;

/** So many hundredths of a provider's texts have to be slow before it loses as many. Notify's rule has 15, too. */
const slowPercent = 15;
/** Fewer texts than these say nothing. */
const fewestTexts = 10;

/** A Standing says how much of its share, in hundredths, a provider has at present, and why it is not all. */
export interface Standing {
  share: number;
  why: 'errors' | 'slow' | 'braked' | null;
  /** When errors took the share, in milliseconds before the present. */
  msAgo: number | null;
}

export const allOfIt: Standing = { share: 100, why: null, msAgo: null };

/**
 * Judges a provider by when its calls erred, in milliseconds before the present, the longest ago first. At the fiftieth error within a
 * minute its share is taken at once; each minute brings back ten points. Meanwhile it is given fewer texts, and as many fewer
 * errors take the share again.
 */
export function standingByErrors(errorsMsAgo: readonly number[]): Standing {
  let takenMsAgo = Infinity;
  let recent: number[] = [];
  for (const msAgo of errorsMsAgo) {
    recent = [...recent.filter((other) => other - msAgo < minuteMs), msAgo];
    const share = wonBack(takenMsAgo - msAgo);
    if (share === 0 || recent.length * 100 < errorsThatTake * share) continue;
    takenMsAgo = msAgo;
    recent = [];
  }
  const share = wonBack(takenMsAgo);
  return share === 100 ? allOfIt : { share, why: 'errors', msAgo: takenMsAgo };
}

function wonBack(ms: number): number {
  return Math.min(100, pointsOfAMinute * Math.floor(ms / minuteMs));
}

/** Judges a provider by how many of its texts took longer than five minutes: it loses as many hundredths, but never the last ten. */
export function standingBySlowness({ texts, slow }: { texts: number; slow: number }): Standing {
  const percent = texts < fewestTexts ? 0 : (100 * slow) / texts;
  return percent < slowPercent
    ? allOfIt
    : { share: Math.max(10, Math.round(100 - percent)), why: 'slow', msAgo: null };
}

/**
 * Divides the texts of one rule among its providers by what each has of its share. What one has lost goes to those that have most of
 * theirs, by their weights; where none may carry any, all stays as it was configured, and the texts wait. The parts add up to 1.
 */
export function partsOf(carriers: readonly Carrier[], standingOf: (provider: string) => Standing): number[] {
  const total = totalWeight(carriers);
  const shares = carriers
    .map(({ provider }) => standingOf(provider))
    .map(({ why, share }) => (why === 'braked' ? -1 : share));
  const kept = carriers.map(({ weight }, i) => ((weight / total) * Math.max(0, shares[i] ?? 0)) / 100);
  const lost = 1 - kept.reduce((sum, part) => sum + part, 0);
  const best = Math.max(...shares);
  const heirs = carriers.filter((_carrier, i) => shares[i] === best);
  const inherited = totalWeight(heirs);
  return carriers.map((carrier, i) => {
    const part = kept[i] ?? 0;
    if (!heirs.includes(carrier)) return part;
    return part + lost * (inherited > 0 ? carrier.weight / inherited : 1 / heirs.length);
  });
}

/** Returns what carriers weigh together. */
export function totalWeight(carriers: readonly Carrier[]): number {
  return carriers.reduce((sum, { weight }) => sum + weight, 0);
}
