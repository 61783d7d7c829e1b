import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';

export type FailpointName =
  | 'before-attempt'
  | 'after-attempt'
  | 'after-prepare'
  | 'after-handle'
  | 'after-accept'
  | 'after-outcome'
  | 'reconcile-before-adopting'
  | 'reconcile-after-adopting'
  | 'reconcile-before-absent'
  | 'reconcile-after-absent';

/** Failpoints are where a fault test lets the process die as by a power cut. Only a test's environment arms one. */
@Injectable()
export class Failpoints {
  constructor(@Inject(CONFIG) private readonly config: { failpoint: string | null }) {}

  pass(name: FailpointName): void {
    if (this.config.failpoint === name) process.kill(process.pid, 'SIGKILL');
  }
}
