import type { Visit } from '../visit.js';

/** Names a plan by its setting's name, such as `plan:works:dense`: of which kind of contract it is, and of which values. */
export function planTitle(name: string, visit: Visit): string {
  const [, kind = '', dense] = name.split(':');
  const title = visit.t('defaults.plan', { kind: { word: `kinds.${kind}` } });
  return dense ? visit.t('planFields.dense', { plan: title }) : title;
}
