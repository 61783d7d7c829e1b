import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowFlagKind, forbidFlagKind } from './flag-kinds.js';

/** What a check of the log finds not to fit becomes a kind of flag. */
export class FlagsOfChecks1790000000303 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return allowFlagKind(queryRunner, 'log-misfit');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return forbidFlagKind(queryRunner, 'log-misfit');
  }
}
