import type { MigrationInterface, QueryRunner } from 'typeorm';

const statuses = `'queued', 'reading', 'columns', 'previewing', 'ready', 'running', 'completed', 'failed', 'undone', 'discarded'`;

/**
 * Files of reference lists are read by workers, as imports are. Their status is one of their own: the version before would apply a file
 * of a list as an import, and has no query that finds one.
 */
export class FilesOfLists1790000000320 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE import
        DROP CONSTRAINT import_status_check,
        ADD CONSTRAINT import_status_check CHECK (status IN (${statuses}, 'listing')),
        ADD COLUMN list_id uuid REFERENCES reference_list,
        -- What the file holds, and what came of it so far.
        ADD COLUMN listed jsonb,
        ADD CONSTRAINT import_listed CHECK ((list_id IS NULL) = (listed IS NULL)),
        ADD CONSTRAINT import_listing CHECK (list_id IS NOT NULL OR status <> 'listing')`);
    await queryRunner.query(`CREATE INDEX import_of_list ON import (list_id, id) WHERE list_id IS NOT NULL`);
    await queryRunner.query(`CREATE INDEX import_listing ON import (created_at) WHERE status = 'listing'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DELETE FROM import_problem WHERE import_id IN (SELECT id FROM import WHERE list_id IS NOT NULL)`,
    );
    await queryRunner.query(
      `DELETE FROM import_chunk WHERE import_id IN (SELECT id FROM import WHERE list_id IS NOT NULL)`,
    );
    await queryRunner.query(`DELETE FROM import WHERE list_id IS NOT NULL`);
    await queryRunner.query(`DROP INDEX import_of_list, import_listing`);
    await queryRunner.query(`
      ALTER TABLE import
        DROP CONSTRAINT import_listing,
        DROP CONSTRAINT import_listed,
        DROP COLUMN listed,
        DROP COLUMN list_id,
        DROP CONSTRAINT import_status_check,
        ADD CONSTRAINT import_status_check CHECK (status IN (${statuses}))`);
  }
}
