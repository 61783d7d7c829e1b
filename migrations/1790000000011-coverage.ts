import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the work lists look for, where it is the few among the many: history of dates and of contacts, drafts and
 * suspensions, milestones that nobody recorded, and imports by what they could not take.
 */
export class Coverage1790000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX change_of_dates ON change (at, id)
      WHERE subject = 'contract' AND before ?| ARRAY['signedOn', 'startsOn', 'endsOn']`);
    await queryRunner.query(`
      CREATE INDEX change_of_contacts ON change (at, id) WHERE subject = 'contact' AND before IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX contract_standing ON contract (state, id) WHERE state IN ('draft', 'suspended')`);
    await queryRunner.query(`
      CREATE INDEX milestone_awaited ON milestone (expected_by)
      WHERE wording = 'neutral' AND occurred_on IS NULL AND NOT withdrawn`);
    await queryRunner.query(
      `CREATE INDEX import_problem_fatal ON import_problem (import_id, line) WHERE fatal`,
    );
    await queryRunner.query(
      `CREATE INDEX import_effect_reference ON import_effect (reference, id) WHERE reference IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX import_effect_reference, import_problem_fatal, milestone_awaited,
      contract_standing, change_of_contacts, change_of_dates`);
  }
}
