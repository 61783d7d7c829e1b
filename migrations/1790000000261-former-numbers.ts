import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An alert may keep a number of its own: the one that its contact had before, which is told that alerts of the contract go
 * elsewhere. Workers of the version before find that the contact has another number now, and send nothing.
 */
export class FormerNumbers1790000000261 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE alert ADD COLUMN number_sealed bytea, ADD COLUMN number_country text`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE alert DROP COLUMN number_sealed, DROP COLUMN number_country`);
  }
}
