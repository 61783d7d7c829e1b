import { isDeepStrictEqual } from 'node:util';
import type { Anchor, DatedAnchor, Offset, Plan, PlanMilestone } from '../../../core/settings/plan.schema.js';
import type { ShownProblem } from '../form.js';

export const rowFields = [
  ...([
    'code',
    'nameKo',
    'nameEn',
    'anchor',
    'percent',
    'else',
    'shift',
    'shiftWay',
    'offset',
    'offsetWay',
  ] as const),
  ...([
    'hour',
    'optional',
    'every',
    'everyUnit',
    'until',
    'expected',
    'expectedPercent',
    'expectedOffset',
  ] as const),
  ...(['expectedWay', 'term', 'out'] as const),
];
export type PlanRow = Record<(typeof rowFields)[number], string>;

/** The rows that a form may have: as many as a plan has milestones, and a blank one. */
const mostRows = 41;

/** Writes a plan as its form has it; a field's name ends with the place of its row. */
export function fieldsOfPlan(plan: Plan): Record<string, string> {
  const rows = plan.milestones.map(rowOf);
  const fields = rows.flatMap((row, n) => rowFields.map((field) => [`${field}-${n}`, row[field]]));
  return { fromAmount: plan.fromAmount ?? '', ...(Object.fromEntries(fields) as Record<string, string>) };
}

/** Reads the rows of which something was typed, each with its place. */
export function rowsOf(values: Record<string, string>): { n: number; row: PlanRow }[] {
  const rows = Array.from({ length: mostRows }, (_, n) => {
    const fields = rowFields.map((field) => [field, values[`${field}-${n}`]?.trim() ?? '']);
    return { n, row: Object.fromEntries(fields) as PlanRow };
  });
  return rows.filter(({ row }) => [row.code, row.nameKo, row.nameEn].some((value) => value !== ''));
}

/**
 * Reads a plan from its form, to be parsed by its schema: `places` are those of the milestones' rows. A row that is as it was keeps
 * its milestone to the letter, so that nothing counts as changed that nobody has changed.
 */
export function planOf(values: Record<string, string>, before: Plan): { plan: unknown; places: number[] } {
  const rows = rowsOf(values).filter(({ row }) => row.out === '');
  const milestones = rows.map(({ row }) => {
    const stood = before.milestones.find(({ code }) => code === row.code);
    return stood && isDeepStrictEqual(rowOf(stood), row) ? stood : milestoneOf(row);
  });
  const fromAmount = before.fromAmount === null ? null : values['fromAmount']?.trim();
  return { plan: { kind: before.kind, fromAmount, milestones }, places: rows.map(({ n }) => n) };
}

/** Puts what is wrong with a plan at the fields of its rows. */
export function atRows({ list, ...problem }: ShownProblem, places: number[]): ShownProblem {
  const placed = list.map(({ path, message }) => ({ path: fieldAt(path, places), message }));
  return {
    ...problem,
    list: placed,
    fields: Object.fromEntries(placed.map((one) => [one.path, one.message])),
  };
}

/** Which field shows a part of a milestone; the first that fits. */
const fieldOfPath: [RegExp, (typeof rowFields)[number]][] = [
  [/^name\.ko/, 'nameKo'],
  [/^name\.en/, 'nameEn'],
  [/^name/, 'nameKo'],
  [/^anchor\.(else\.)?of/, 'percent'],
  [/^anchor\.else/, 'else'],
  [/^anchor/, 'anchor'],
  [/^shift/, 'shift'],
  [/^offset/, 'offset'],
  [/^hour/, 'hour'],
  [/^repeat\.until/, 'until'],
  [/^repeat/, 'every'],
  [/^expectedBy\.anchor\.of/, 'expectedPercent'],
  [/^expectedBy\.anchor/, 'expected'],
  [/^expectedBy/, 'expectedOffset'],
];

function fieldAt(path: string, places: number[]): string {
  const [, index, part = ''] = /^(?:plan\.)?milestones\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  if (index === undefined) return path.replace(/^plan\./, '');
  const field = fieldOfPath.find(([of]) => of.test(part))?.[1] ?? 'code';
  return `${field}-${places[Number(index)] ?? 0}`;
}

function rowOf({
  code,
  name,
  anchor,
  shift,
  offset,
  hour,
  optional,
  repeat,
  expectedBy,
}: PlanMilestone): PlanRow {
  const otherwise = anchor.type === 'occurrence' ? anchor.else : undefined;
  return {
    code,
    nameKo: name.ko,
    nameEn: name.en,
    hour,
    out: '',
    optional: optional ? 'on' : '',
    anchor: anchorField(anchor),
    else: otherwise ? anchorField(otherwise) : '',
    percent: percentField(otherwise ?? anchor),
    shift: shift ? distance(shift) : '',
    shiftWay: shift ? way(shift) : 'after-days',
    offset: distance(offset),
    offsetWay: way(offset),
    every: repeat ? distance(repeat.every) : '',
    everyUnit: repeat?.every.unit ?? 'months',
    until: repeat?.until ?? 'ends',
    expected: expectedBy ? anchorField(expectedBy.anchor) : '',
    term: expectedBy?.term ?? '',
    expectedPercent: expectedBy ? percentField(expectedBy.anchor) : '',
    expectedOffset: expectedBy ? distance(expectedBy.offset) : '',
    expectedWay: expectedBy ? way(expectedBy.offset) : 'after-days',
  };
}

function milestoneOf(row: PlanRow): Record<string, unknown> {
  const { code, nameKo, nameEn, percent, hour } = row;
  const otherwise = row.else === '' ? {} : { else: anchorOf(row.else, percent) };
  const expectedBy = {
    anchor: anchorOf(row.expected, row.expectedPercent),
    offset: offsetOf(row.expectedOffset, row.expectedWay),
    term: row.term || null,
  };
  return {
    code,
    name: { ko: nameKo, en: nameEn },
    optional: row.optional !== '',
    ...(hour && { hour }),
    anchor:
      row.anchor === 'occurrence' ? { type: 'occurrence', ...otherwise } : anchorOf(row.anchor, percent),
    offset: offsetOf(row.offset, row.offsetWay),
    ...(row.shift && { shift: offsetOf(row.shift, row.shiftWay) }),
    ...(row.every && {
      repeat: { every: offsetOf(row.every, `after-${row.everyUnit}`), until: row.until },
    }),
    ...(row.expected && { expectedBy }),
  };
}

/** A milestone that another is counted from stands behind a colon. */
function anchorField(anchor: Anchor | DatedAnchor): string {
  return anchor.type === 'milestone' ? `milestone:${anchor.code}` : anchor.type;
}

function anchorOf(field: string, percent: string): Record<string, unknown> {
  const [type, code] = field.split(':');
  if (code !== undefined) return { type, code };
  return type === 'share' ? { type, of: Number(percent || NaN) / 100 } : { type };
}

function percentField(anchor: Anchor | DatedAnchor): string {
  return anchor.type === 'share' ? String(Number((anchor.of * 100).toPrecision(12))) : '';
}

function distance({ amount }: Offset): string {
  return String(Math.abs(amount));
}

function way({ amount, unit }: Offset): string {
  return `${amount < 0 ? 'before' : 'after'}-${unit}`;
}

function offsetOf(amount: string, how: string): Record<string, unknown> {
  const [, direction, unit] = /^(after|before)-(.*)$/.exec(how) ?? [];
  const distanceOf = Number(amount || NaN);
  return { amount: direction === 'before' && distanceOf !== 0 ? -distanceOf : distanceOf, unit };
}
