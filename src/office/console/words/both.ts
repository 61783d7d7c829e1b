export type Locale = 'ko' | 'en';

/** One line of words is both languages at once, so that neither can be forgotten. */
export type Both = readonly [ko: string, en: string];
export type Section = Readonly<Record<string, Both>>;

/** Puts values in for `{name}`; throws when the words want one that is not there, since a reader would see the braces. */
export function filled(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined || value === null) throw new Error(`"${text}" wants ${name}`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
