import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row of a file may wait for a second person. */
export class ProposedRows1790000000251 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.allow(
      queryRunner,
      `'created', 'updated', 'corrected', 'unchanged', 'ignored', 'proposed', 'refused'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.allow(queryRunner, `'created', 'updated', 'corrected', 'unchanged', 'ignored', 'refused'`);
  }

  private async allow(queryRunner: QueryRunner, results: string): Promise<void> {
    await queryRunner.query(`ALTER TABLE import_effect DROP CONSTRAINT import_effect_result_check`);
    await queryRunner.query(
      `ALTER TABLE import_effect ADD CONSTRAINT import_effect_result_check CHECK (result IN (${results})) NOT VALID`,
    );
    await queryRunner.query(`ALTER TABLE import_effect VALIDATE CONSTRAINT import_effect_result_check`);
  }
}
