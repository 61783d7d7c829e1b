import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowFlagKind, forbidFlagKind } from './flag-kinds.js';

/** What is brought forward so much that its text is over when the milestone comes becomes a kind of flag. */
export class FlagsOfEarly1790000000289 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return allowFlagKind(queryRunner, 'brought-forward');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return forbidFlagKind(queryRunner, 'brought-forward');
  }
}
