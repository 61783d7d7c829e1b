import type { Caller } from '../../core/access/roles.js';
import type { ReadingRules } from '../../core/contracts/contract-facts.js';
import type { DepartmentFinder } from './import-directory.js';
import type { Twins } from './import-twins.js';

/** One pass over a file, as what brings its contracts in has to know it. */
export interface ImportRun {
  importId: string;
  caller: Caller;
  actor: string;
  /** People look at it before it is applied: everything is kept, also what stays as it is. */
  previewed: boolean;
  /** Nothing is written but what would be done. */
  rehearsal: boolean;
  finder: DepartmentFinder;
  rules: ReadingRules & { currency: string };
  twins: Twins | null;
}
