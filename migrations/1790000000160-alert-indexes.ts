import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index of a department's alerts held every status. When statistics had been made while nothing was due, the planner took
 * it for what a drain looks for, and read all planned alerts for each number: four times the cost of a text. Now the planned
 * ones have an index of their own, in which neither shard nor number can be found, and an alert whose text is made leaves both.
 * Alerts whose text failed are looked for at each sweep.
 */
export class AlertIndexes1790000000160 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX alert_department`);
    await queryRunner.query(`
      CREATE INDEX alert_department ON alert (department_id, status, due_at, id)
        WHERE status NOT IN ('planned', 'messaged')`);
    await queryRunner.query(`
      CREATE INDEX alert_department_planned ON alert (department_id, due_at, id) WHERE status = 'planned'`);
    await queryRunner.query(`
      CREATE INDEX alert_stranded ON alert (updated_at) WHERE status = 'held' AND reason = 'text-failed'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX alert_stranded, alert_department_planned, alert_department`);
    await queryRunner.query(`CREATE INDEX alert_department ON alert (department_id, status, due_at, id)`);
  }
}
