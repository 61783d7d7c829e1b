import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowFlagKind, forbidFlagKind } from './flag-kinds.js';

/** A call that reaches somebody else than the company becomes a kind of flag, beside those that there are by then. */
export class FlagsOfCalls1790000000287 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return allowFlagKind(queryRunner, 'number-not-theirs');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return forbidFlagKind(queryRunner, 'number-not-theirs');
  }
}
