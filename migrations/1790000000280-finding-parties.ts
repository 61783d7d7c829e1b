import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Contracts are found by any part of a company's name and by the last digits of a number. Both are sealed, so that their
 * parts are kept as keyed fingerprints. Null: not made yet; the service makes them for the rows that were there before.
 */
export class FindingParties1790000000280 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE counterparty ADD COLUMN name_parts integer[]`);
    await queryRunner.query(`ALTER TABLE contact ADD COLUMN phone_ending integer`);
    await queryRunner.query(`CREATE INDEX counterparty_name_parts ON counterparty USING gin (name_parts)`);
    await queryRunner.query(`CREATE INDEX contact_phone_ending ON contact (phone_ending)`);
    await queryRunner.query(
      `CREATE INDEX counterparty_unfound ON counterparty (id) WHERE name_parts IS NULL`,
    );
    await queryRunner.query(`
      CREATE INDEX contact_unfound ON contact (id) WHERE phone_index IS NOT NULL AND phone_ending IS NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE contact DROP COLUMN phone_ending`);
    await queryRunner.query(`ALTER TABLE counterparty DROP COLUMN name_parts`);
  }
}
