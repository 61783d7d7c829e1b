import type { Place } from '../paging.js';

/** Conditions collects what rows have to satisfy, with the parameters that stand in it. */
export class Conditions {
  private readonly conditions: string[] = [];

  /** The conditions of a subquery share the parameters of the statement that it stands in. */
  constructor(readonly parameters: unknown[] = []) {}

  /** Adds a parameter, and returns the place where it stands in the statement. */
  place(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  add(condition: string): void {
    this.conditions.push(condition);
  }

  /** Adds a comparison with a value, such as `c.kind =`, unless there is no value. */
  compare(left: string, value: unknown): void {
    if (value !== undefined && value !== null) this.add(`${left} ${this.place(value)}`);
  }

  /** Adds that a row comes behind the place where the page before ended, in the order of a value and then of the id. */
  addBehind(place: Place | null, { value, type, id }: { value: string; type: string; id: string }): void {
    if (!place) return;
    this.add(`(${value}, ${id}) > (${this.place(place.value)}::${type}, ${this.place(place.id)}::uuid)`);
  }

  get isEmpty(): boolean {
    return this.conditions.length === 0;
  }

  get sql(): string {
    return this.conditions.join(' AND ') || 'true';
  }
}
