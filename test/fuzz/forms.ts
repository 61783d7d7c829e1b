import type { Draft, Pairs } from './wire.js';

/** The forms of a page as a browser would send them untouched, with what is chosen at first and each button's value. */
export function formsOf(html: string, at: string): Draft[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', content = '']) => {
    const method = (attributeOf(attributes, 'method') ?? 'get').toUpperCase();
    const [path = '', search = ''] = (attributeOf(attributes, 'action') ?? at).split('?');
    const fields = fieldsOf(content);
    const [upload] = [...content.matchAll(/<input\b[^>]*type="file"[^>]*>/g)].map(([tag]) =>
      attributeOf(tag, 'name'),
    );
    const query: Pairs = [...new URLSearchParams(search)];
    if (method === 'GET') return { method, path, query: [...query, ...fields], headers: [], body: null };
    const file = { field: upload ?? '', name: 'contracts.csv', type: 'text/csv', content: 'a,b\n1,2' };
    return {
      method,
      path,
      query,
      headers: [],
      body: { is: 'form', fields, upload: upload ? file : undefined },
    };
  });
}

function fieldsOf(content: string): Pairs {
  const fields: Pairs = [];
  const add = (tag: string, value: string | null) => {
    const name = attributeOf(tag, 'name');
    if (name && value !== null) fields.push([name, value]);
  };
  for (const [tag] of content.matchAll(/<input\b[^>]*>/g)) {
    const type = attributeOf(tag, 'type');
    const isLeftOut =
      type === 'file' || ((type === 'checkbox' || type === 'radio') && !/\schecked/.test(tag));
    add(tag, isLeftOut ? null : (attributeOf(tag, 'value') ?? ''));
  }
  for (const [, tag = '', options = ''] of content.matchAll(/(<select\b[^>]*>)([\s\S]*?)<\/select>/g)) {
    const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
    const chosen = all.find((option) => /\sselected/.test(option)) ?? all[0];
    add(tag, chosen ? (attributeOf(chosen, 'value') ?? '') : null);
  }
  for (const [, tag = '', text = ''] of content.matchAll(/(<textarea\b[^>]*>)([\s\S]*?)<\/textarea>/g))
    add(tag, unescaped(text));
  const buttons = [...content.matchAll(/<button\b[^>]*>/g)].map(([tag]) => tag);
  const [button] = buttons.filter((tag) => attributeOf(tag, 'name'));
  if (button) add(button, attributeOf(button, 'value') ?? '');
  return fields;
}

function attributeOf(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? null : unescaped(found);
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#x27': "'",
  '#x3D': '=',
  '#x60': '`',
  '#39': "'",
};

function unescaped(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
