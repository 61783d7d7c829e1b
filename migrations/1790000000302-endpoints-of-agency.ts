import type { MigrationInterface, QueryRunner } from 'typeorm';

const before = `'account', 'api-key', 'brake', 'department', 'officer', 'proposal', 'setting', 'template'`;

/** What was done to endpoints of the feed is listed with all else that is of the whole agency. */
export class EndpointsOfAgency1790000000302 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await make(queryRunner, `${before}, 'endpoint'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await make(queryRunner, before);
  }
}

/** Few changes are of the agency: the index is small, and made within a moment. */
async function make(queryRunner: QueryRunner, subjects: string): Promise<void> {
  await queryRunner.query(`DROP INDEX change_of_agency`);
  await queryRunner.query(
    `CREATE INDEX change_of_agency ON change (id) WHERE contract_id IS NULL AND subject IN (${subjects})`,
  );
}
