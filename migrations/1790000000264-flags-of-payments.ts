import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowFlagKind, forbidFlagKind } from './flag-kinds.js';

/**
 * What a list had recorded and no officer becomes a kind of flag, beside those that there are by then. A new database comes here before the
 * kinds of lists, whose own migration has this one among them.
 */
export class FlagsOfPayments1790000000264 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return allowFlagKind(queryRunner, 'not-recorded');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return forbidFlagKind(queryRunner, 'not-recorded');
  }
}
