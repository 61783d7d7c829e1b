import type { MigrationInterface, QueryRunner } from 'typeorm';
import { withAppRole } from './grants.js';

/**
 * An attempt that is made in two phases gets the provider's handle for its text, which is committed before the text is released. The
 * database sees to it that this happens while the attempt is open and at no other time: what has no handle when it was settled was never
 * released, and is attempted again at once.
 */
export class Handles1790000000266 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE attempt ADD COLUMN two_phase boolean NOT NULL DEFAULT false, ADD COLUMN handle text`,
    );
    // 1790000000300 names the columns that may be changed; here it is done for databases that had it before this.
    await withAppRole(queryRunner, `GRANT UPDATE (handle) ON attempt TO`);
    await queryRunner.query(`
      CREATE FUNCTION refuse_handle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT has_table_privilege(TG_RELID, 'TRUNCATE') THEN
          RAISE insufficient_privilege USING MESSAGE = 'a handle is given once, to an open attempt that is made in two phases';
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(
      `CREATE TRIGGER attempt_handle_stays AFTER UPDATE OF handle ON attempt FOR EACH ROW
         WHEN (NEW.handle IS DISTINCT FROM OLD.handle
           AND (OLD.handle IS NOT NULL OR OLD.status <> 'open' OR NOT OLD.two_phase))
         EXECUTE FUNCTION refuse_handle()`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION refuse_handle() CASCADE`);
    await queryRunner.query(`ALTER TABLE attempt DROP COLUMN handle, DROP COLUMN two_phase`);
  }
}
