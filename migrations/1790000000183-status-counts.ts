import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

const counted = ['alert', 'message'];
const moments = {
  INSERT: 'NEW TABLE AS after',
  UPDATE: 'OLD TABLE AS before NEW TABLE AS after',
  DELETE: 'OLD TABLE AS before',
};

/**
 * How many alerts and messages have which status, kept by the statements that change it. Each appends by how many it moved, so
 * that none waits for another; the sum is what there is, and whoever reads it puts rows together when they are many.
 */
export class StatusCounts1790000000183 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE status_count (subject text NOT NULL, status text NOT NULL, count bigint NOT NULL)
        WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)`);
    await grant(queryRunner, 'read-write', 'status_count');
    await queryRunner.query(`
      CREATE FUNCTION count_statuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO status_count SELECT TG_TABLE_NAME, status, count(*) FROM after GROUP BY status;
        ELSIF TG_OP = 'DELETE' THEN
          INSERT INTO status_count SELECT TG_TABLE_NAME, status, -count(*) FROM before GROUP BY status;
        ELSE
          INSERT INTO status_count SELECT TG_TABLE_NAME, status, sum(n)
            FROM (SELECT status, 1 AS n FROM after UNION ALL SELECT status, -1 FROM before) moved
            GROUP BY status HAVING sum(n) <> 0;
        END IF;
        RETURN NULL;
      END $$`);
    for (const table of counted) {
      for (const [moment, tables] of Object.entries(moments)) {
        await queryRunner.query(`
          CREATE TRIGGER count_${moment.toLowerCase()} AFTER ${moment} ON ${table} REFERENCING ${tables}
          FOR EACH STATEMENT EXECUTE FUNCTION count_statuses()`);
      }
      await queryRunner.query(
        `INSERT INTO status_count SELECT '${table}', status, count(*) FROM ${table} GROUP BY status`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of counted)
      for (const moment of Object.keys(moments))
        await queryRunner.query(`DROP TRIGGER count_${moment.toLowerCase()} ON ${table}`);
    await queryRunner.query(`DROP FUNCTION count_statuses`);
    await queryRunner.query(`DROP TABLE status_count`);
  }
}
