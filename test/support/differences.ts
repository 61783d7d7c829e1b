/** Names each difference of two JSON values by its path. The order of fields means nothing; that of a list does. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) {
    return before === after ? [] : [`${path}: was ${shown(before)}, is ${shown(after)}`];
  }
  const [old, current] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((name) => {
    const place = path ? `${path}.${name}` : name;
    if (!old.has(name)) return [`${place}: is new`];
    if (!current.has(name)) return [`${place}: was ${shown(old.get(name))}, is missing`];
    return differences(old.get(name), current.get(name), place);
  });
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
