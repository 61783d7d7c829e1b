import type { Locator, Page } from 'playwright-core';

export interface Steps {
  /** Fields that were filled in or chosen, a field twice counting twice. */
  fields: number;
  clicks: number;
}

const counted = new WeakMap<Page, Steps>();
const fieldActions = new Set(['fill', 'selectOption', 'setInputFiles', 'check']);
const locating = new Set([
  'locator',
  'first',
  'last',
  'nth',
  'filter',
  'getByText',
  'getByLabel',
  'getByRole',
]);

/** The same page, which counts what a person would do on it. */
export function counting(page: Page): Page {
  const steps: Steps = { fields: 0, clicks: 0 };
  const watched = watch(page, steps);
  counted.set(watched, steps);
  return watched;
}

/** What was done since the last time it was asked. */
export function stepsOf(page: Page): Steps {
  const steps = counted.get(page);
  if (!steps) throw new Error('nobody counts on this page');
  const taken = { ...steps };
  Object.assign(steps, { fields: 0, clicks: 0 });
  return taken;
}

function watch<T extends Page | Locator>(target: T, steps: Steps): T {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      if (typeof name !== 'string' || typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        if (name === 'click') steps.clicks += 1;
        if (fieldActions.has(name)) steps.fields += 1;
        const answer = method.apply(of, args);
        return locating.has(name) ? watch(answer as Locator, steps) : answer;
      };
    },
  });
}
