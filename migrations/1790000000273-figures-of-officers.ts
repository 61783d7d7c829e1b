import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Figures by officer at the time read by period what was registered and told in English, and by contract who had it before. */
export class FiguresOfOfficers1790000000273 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX change_registered ON change (at, contract_id) WHERE subject = 'contract' AND what = 'registered'`);
    await queryRunner.query(`
      CREATE INDEX change_of_officer ON change (contract_id, id) WHERE subject = 'contract' AND before ? 'officerId'`);
    await queryRunner.query(`
      CREATE INDEX change_into_english ON change (at, id) WHERE subject = 'contact' AND after ->> 'locale' = 'en'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_registered, change_of_officer, change_into_english`);
  }
}
