import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What each table's rows are marked by, and when; rows that no figure reads after a change are not marked. */
const marked: [table: string, column: 'id' | 'contract_id' | 'milestone_id', moment: 'INSERT' | 'UPDATE'][] =
  [
    ['contract', 'id', 'INSERT'],
    ['contract', 'id', 'UPDATE'],
    ['counterparty', 'contract_id', 'INSERT'],
    ['counterparty', 'contract_id', 'UPDATE'],
    ['contact', 'contract_id', 'INSERT'],
    ['contact', 'contract_id', 'UPDATE'],
    ['milestone', 'contract_id', 'INSERT'],
    ['milestone', 'contract_id', 'UPDATE'],
    ['alert', 'contract_id', 'INSERT'],
    ['alert', 'milestone_id', 'UPDATE'],
    ['message', 'id', 'UPDATE'],
  ];

/**
 * Figures that would count every contract are kept, and counted again for what was changed: whoever changes a row leaves the
 * id of its contract, milestone or message here, in the same transaction. Marks are appended only, and have no index, so that
 * nobody waits for anybody's. A table's rows are marked once for each statement.
 */
export class Tallies1790000000180 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE tally_mark (id uuid NOT NULL)
        WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`);
    await grant(queryRunner, 'read-write', 'tally_mark');
    for (const column of ['id', 'contract_id', 'milestone_id']) {
      await queryRunner.query(`
        CREATE FUNCTION mark_by_${column}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO tally_mark SELECT DISTINCT ${column} FROM changed;
          RETURN NULL;
        END $$`);
    }
    for (const [table, column, moment] of marked) {
      await queryRunner.query(`
        CREATE TRIGGER mark_${moment.toLowerCase()} AFTER ${moment} ON ${table} REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION mark_by_${column}()`);
    }
    await queryRunner.query(`
      CREATE FUNCTION mark_by_department() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO tally_mark SELECT id FROM contract WHERE department_id = NEW.id;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER mark_contracts AFTER UPDATE OF go_live_on ON department FOR EACH ROW
      WHEN (OLD.go_live_on IS DISTINCT FROM NEW.go_live_on) EXECUTE FUNCTION mark_by_department()`);
    await queryRunner.query(`INSERT INTO tally_mark SELECT id FROM contract`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER mark_contracts ON department`);
    await queryRunner.query(`DROP FUNCTION mark_by_department`);
    for (const [table, , moment] of marked)
      await queryRunner.query(`DROP TRIGGER mark_${moment.toLowerCase()} ON ${table}`);
    await queryRunner.query(`DROP FUNCTION mark_by_id, mark_by_contract_id, mark_by_milestone_id`);
    await queryRunner.query(`DROP TABLE tally_mark`);
  }
}
