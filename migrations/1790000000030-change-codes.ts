import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A change says what was done by a code with parameters, where it held a phrase such as `moved: start: state`. Leaves of
 * the log keep the phrases that they were hashed with.
 */
export class ChangeCodes1790000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE change ADD COLUMN params jsonb NOT NULL DEFAULT '{}'`);
    await queryRunner.query(`
      UPDATE change SET
        params = CASE
          WHEN subject = 'setting' THEN jsonb_build_object('version', after -> 'version')
          WHEN subject = 'template' THEN jsonb_build_object('template', after -> 'key', 'version', after -> 'version')
          WHEN what LIKE 'moved: %' THEN jsonb_build_object('move', split_part(what, ': ', 2), 'field', split_part(what, ': ', 3))
          WHEN what LIKE 'occurred: %' THEN jsonb_build_object('milestone', split_part(what, ': ', 2))
          WHEN what LIKE '%: %' THEN jsonb_build_object('field', split_part(what, ': ', 2))
          ELSE '{}' END,
        what = CASE
          WHEN subject = 'setting' THEN 'setting-version-added'
          WHEN subject = 'template' THEN 'template-version-added'
          WHEN what LIKE 'import undone: %' THEN 'restored'
          WHEN what = 'file brought in' THEN 'file-uploaded'
          ELSE replace(split_part(what, ': ', 1), ' ', '-') END
      WHERE subject IN ('setting', 'template') OR what LIKE '% %'`);
    // When an import was undone is asked for by its id.
    await queryRunner.query(`
      CREATE INDEX change_import_undone ON change (subject_id) WHERE subject = 'import' AND what = 'import-undone'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_import_undone`);
    await queryRunner.query(`
      UPDATE change SET what = CASE what
          WHEN 'setting-version-added' THEN 'version ' || (params ->> 'version')
          WHEN 'template-version-added' THEN 'template ' || (params ->> 'template') || ' version ' || (params ->> 'version')
          WHEN 'restored' THEN 'import undone: ' || (params ->> 'field')
          WHEN 'file-uploaded' THEN 'file brought in'
          ELSE concat_ws(': ', replace(what, '-', ' '), params ->> 'move', params ->> 'milestone', params ->> 'field') END
      WHERE params <> '{}' OR what LIKE '%-%'`);
    await queryRunner.query(`ALTER TABLE change DROP COLUMN params`);
  }
}
