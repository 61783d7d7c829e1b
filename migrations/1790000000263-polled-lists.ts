import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One list may be filled from the e-procurement service of the configuration. Where a pass over it has come to is kept with the
 * records of each page, so that whoever dies is followed by somebody who goes on there.
 */
export class PolledLists1790000000263 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE reference_list ADD COLUMN polled boolean NOT NULL DEFAULT false, ADD COLUMN position jsonb,
        ADD COLUMN polled_at timestamptz, ADD COLUMN lease_until timestamptz, ADD COLUMN failure text`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX reference_list_polled ON reference_list (polled) WHERE polled`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE reference_list DROP COLUMN polled, DROP COLUMN position, DROP COLUMN polled_at, DROP COLUMN lease_until,
        DROP COLUMN failure`);
  }
}
