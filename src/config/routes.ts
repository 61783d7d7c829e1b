import { getCountries } from 'libphonenumber-js/max';

/** A Carrier is a provider with its weight: the part that it gets, among those of its country, while all of them do well. */
export interface Carrier {
  provider: string;
  weight: number;
}

/** Routes say which providers carry the texts to the numbers of a country; under `*` stands the rest of the world. */
export type Routes = ReadonlyMap<string, readonly Carrier[]>;

/** Names the providers that carry anything by some routes, each once. */
export function carriersIn(routes: Routes): ReadonlySet<string> {
  return new Set([...routes.values()].flat().map(({ provider }) => provider));
}

const example = 'for example KR=solapi:80+gateway:20';

/**
 * Reads `SMS_ROUTES`, such as `KR=solapi:80+gateway:20,*=twilio`. Returns what is wrong with it, each as a sentence behind the
 * variable's name. Without a rule of its own the rest of the world has `forSending`.
 */
export function routesOf(
  list: string | undefined,
  { names, forSending }: { names: readonly string[]; forSending: string },
): { routes: Routes; problems: string[] } {
  const routes = new Map<string, readonly Carrier[]>();
  const problems: string[] = [];
  for (const rule of list?.split(',').map((part) => part.trim()) ?? []) {
    const [country = '', carried = '', ...more] = rule.split('=').map((part) => part.trim());
    const parts = carried.split('+').map((part) => part.split(':').map((one) => one.trim()));
    const carriers = parts.map(([provider = '', weight, ...rest]) => ({
      provider,
      weight: rest.length > 0 ? NaN : weightOf(weight, parts),
    }));
    const wrong =
      more.length > 0 || carried === ''
        ? `has "${rule}", which is not a country, =, and providers joined by +: ${example}`
        : (flawOfCountry(country, routes) ?? flawOfCarriers(country, carriers, names));
    if (wrong === null) routes.set(country, carriers);
    else problems.push(wrong);
  }
  const everywhere = routes.get('*');
  if (everywhere && !everywhere.some(({ provider }) => provider === forSending))
    problems.push(
      `sends nothing through ${forSending} at *=, which SMS_PROVIDER names: add it, or change that`,
    );
  if (!everywhere) routes.set('*', [{ provider: forSending, weight: 1 }]);
  return { routes, problems };
}

/** Providers without any weights have like ones. */
function weightOf(weight: string | undefined, parts: string[][]): number {
  if (weight === undefined) return parts.some((part) => part.length > 1) ? NaN : 1;
  return /^\d{1,3}$/.test(weight) ? Number(weight) : NaN;
}

function flawOfCountry(country: string, routes: Routes): string | null {
  if (routes.has(country)) return `has two rules for ${country}: join their providers by +, ${example}`;
  return country === '*' || getCountries().some((code) => code === country)
    ? null
    : `has "${country}", which is neither a country such as KR nor *`;
}

function flawOfCarriers(country: string, carriers: Carrier[], names: readonly string[]): string | null {
  const known = names.filter((name) => name !== 'sandbox');
  const unknown = carriers.find(({ provider }) => !known.includes(provider));
  if (unknown)
    return `has the provider "${unknown.provider}" at ${country}=, which is not one of ${known.join(', ')}`;
  if (new Set(carriers.map(({ provider }) => provider)).size < carriers.length)
    return `names a provider twice at ${country}=`;
  const isRight = carriers.every(({ weight }) => weight <= 100) && carriers.some(({ weight }) => weight > 0);
  return isRight
    ? null
    : `needs a whole weight from 0 to 100 for each provider at ${country}=, or for none, and not 0 alone: ${example}`;
}
