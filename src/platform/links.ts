/** FoundLink is a link as it stands in the text, and where: in UTF-16 code units from the start. */
interface FoundLink {
  link: string;
  index: number;
}

/** Top-level domains in Hangul, which Korean phones make links of too. */
const hangulDomains = ['한국', '닷컴', '닷넷', '삼성'];

/**
 * Finds everything that a phone may show as a link, unless it leads to one of the listed domains or below it: addresses
 * with a scheme, `www.`, e-mail addresses, bare domains (`signed.No` is one: Norway's), IPv4 addresses. It passes over the
 * text once, with no pattern that can backtrack.
 */
export function findLinks(text: string, allowedDomains: readonly string[] = []): FoundLink[] {
  const domains = allowedDomains.map((domain) => domain.toLowerCase());
  const found: FoundLink[] = [];
  for (const { 0: token, index } of asciiForm(text).matchAll(/[^\s,;|·()<>"'“”‘’]+/gu)) {
    if (leadsElsewhere(token, domains)) found.push({ link: text.slice(index, index + token.length), index });
  }
  return found;
}

/** Breaks every link of a text, for words that officers or imports wrote. */
export function withoutLinks(text: string): string {
  if (!/[./:@．。｡／：＠]/u.test(text)) return text;
  let result = text;
  for (const { link, index } of findLinks(text)) {
    const broken = link.replace(/[./:@\\．。｡／：＠]/gu, ' ');
    result = result.slice(0, index) + broken + result.slice(index + link.length);
  }
  return result;
}

function leadsElsewhere(token: string, domains: readonly string[]): boolean {
  let inPath = false;
  let hosts = 0;
  for (const { 0: run, index } of token.matchAll(/[\p{L}\p{N}.-]+/gu)) {
    const before = token[index - 1];
    const startsHost = token.endsWith('://', index) && index >= 3;
    if (inPath && !startsHost && before !== '\\') continue;
    const host = hostIn(run);
    if (host === null) {
      if (startsHost) return true;
      continue;
    }
    if (!isAllowed(host, domains)) return true;
    hosts++;
    inPath =
      /^[/?#]/.test(token.slice(index + run.length)) || /^:\d+[/?#]/.test(token.slice(index + run.length));
  }
  return token.includes('://') && hosts === 0;
}

/** Finds the domain or IPv4 address in a run of letters, digits, hyphens and dots, without the Hangul written onto its end. */
function hostIn(run: string): string | null {
  const labels = run.split('.');
  for (let i = labels.length - 1; i > 0; i--) {
    const top = labels[i - 1] === '' ? null : topLevel(labels[i] ?? '');
    if (top === null) continue;
    const first = labels.lastIndexOf('', i - 1) + 1;
    return [...labels.slice(first, i), top].join('.');
  }
  if (/^www\./i.test(run)) return run;
  return /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(run) ? run : null;
}

function topLevel(label: string): string | null {
  if (/^xn--./i.test(label)) return label;
  const letters = /^[a-z]{2,}/i.exec(label)?.[0];
  if (letters !== undefined && !/^[\d-]/.test(label.slice(letters.length))) return letters;
  return hangulDomains.find((domain) => label.startsWith(domain)) ?? null;
}

function isAllowed(host: string, domains: readonly string[]): boolean {
  const name = host.toLowerCase();
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

/** Writes full-width letters and ideographic full stops as the ASCII that browsers take them for; the length stays. */
function asciiForm(text: string): string {
  return text.replace(/[\uff01-\uff5e\u3002\uff61]/gu, (character) =>
    character === '。' || character === '｡' ? '.' : String.fromCharCode(character.charCodeAt(0) - 0xfee0),
  );
}
