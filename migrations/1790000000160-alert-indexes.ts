import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Statistics that were made while nothing was due told the planner that planned alerts and open attempts are none, so that any
 * index which holds them seemed as good as the one that finds them: each text cost four times as much. Now no other index fits.
 * A department's planned alerts have an index of their own, in which neither shard nor number can be found, and an alert
 * whose text is made leaves both. The index that allows a message one open attempt fits only where its message is
 * asked for. Alerts whose text failed are looked for at each sweep.
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
    await queryRunner.query(`DROP INDEX attempt_one_open_for_a_message`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX attempt_one_open_for_a_message ON attempt (message_id)
        WHERE status IN ('open', 'ambiguous') AND message_id IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX attempt_one_open_for_a_message`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX attempt_one_open_for_a_message ON attempt (message_id)
        WHERE status IN ('open', 'ambiguous')`);
    await queryRunner.query(`DROP INDEX alert_stranded, alert_department_planned, alert_department`);
    await queryRunner.query(`CREATE INDEX alert_department ON alert (department_id, status, due_at, id)`);
  }
}
