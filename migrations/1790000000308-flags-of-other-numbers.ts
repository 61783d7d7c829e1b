import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowFlagKind, forbidFlagKind } from './flag-kinds.js';

/** What a file states as the number of somebody whom the contract has by another becomes a kind of flag. */
export class FlagsOfOtherNumbers1790000000308 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return allowFlagKind(queryRunner, 'other-number');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return forbidFlagKind(queryRunner, 'other-number');
  }
}
