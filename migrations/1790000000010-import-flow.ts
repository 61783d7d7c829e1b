import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** An import is looked at before it is applied, tells what it did to each contract, and can be undone. */
export class ImportFlow1790000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE import
        DROP CONSTRAINT import_format_check,
        DROP CONSTRAINT import_status_check,
        ADD CONSTRAINT import_format_check CHECK (format IN ('csv', 'xlsx', 'ocds')),
        ADD CONSTRAINT import_status_check CHECK (status IN
          ('queued', 'reading', 'columns', 'previewing', 'ready', 'running', 'completed', 'failed', 'undone', 'discarded')),
        ADD COLUMN preview boolean NOT NULL DEFAULT false,
        -- Who is at it: progress is kept under this claim only, so that two never go on with one import.
        ADD COLUMN claimed_by uuid,
        ADD COLUMN total bigint,
        ADD COLUMN bytes_read bigint NOT NULL DEFAULT 0,
        ADD COLUMN mapping jsonb,
        ADD COLUMN preview_counts jsonb,
        ADD COLUMN people_texted_today integer,
        ADD COLUMN previewed_on date,
        ADD COLUMN applied_by text,
        ADD COLUMN undone_at timestamptz,
        ADD COLUMN undone_by text,
        ADD COLUMN undo_reason text,
        ADD COLUMN undo_counts jsonb,
        -- What it was before is forgotten, and the import stays.
        ADD COLUMN settled_at timestamptz`);
    // What imports of before have changed is not known.
    await queryRunner.query(`UPDATE import SET settled_at = finished_at WHERE finished_at IS NOT NULL`);
    await queryRunner.query(`DROP INDEX import_unfinished`);
    await queryRunner.query(`
      CREATE INDEX import_unfinished ON import (created_at)
      WHERE status IN ('queued', 'reading', 'previewing', 'running')`);
    await queryRunner.query(`
      CREATE INDEX import_unsettled ON import (finished_at)
      WHERE status IN ('completed', 'failed') AND settled_at IS NULL`);
    await queryRunner.query(`CREATE INDEX import_department ON import (department_id, id)`);
    await queryRunner.query(`CREATE INDEX import_undone ON import (undone_at) WHERE undone_at IS NOT NULL`);
    await queryRunner.query(`DROP INDEX import_problem_import`);
    await queryRunner.query(`CREATE INDEX import_problem_line ON import_problem (import_id, line, id)`);
    await this.makeEffects(queryRunner);
    await queryRunner.query(`
      CREATE TABLE import_heading (
        heading text PRIMARY KEY,
        field text,
        actor text NOT NULL,
        set_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`
      CREATE TABLE import_refused (
        id uuid PRIMARY KEY,
        import_id uuid NOT NULL REFERENCES import (id),
        ordinal integer NOT NULL,
        sealed bytea NOT NULL,
        UNIQUE (import_id, ordinal)
      )`);
    await grant(queryRunner, 'read-write', 'import_effect', 'import_heading', 'import_refused');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE import_refused, import_heading, import_effect`);
    await queryRunner.query(`DROP INDEX import_problem_line, import_undone, import_department,
      import_unsettled, import_unfinished`);
    await queryRunner.query(`CREATE INDEX import_problem_import ON import_problem (import_id, id)`);
    await queryRunner.query(
      `CREATE INDEX import_unfinished ON import (created_at) WHERE status IN ('queued', 'running')`,
    );
    await queryRunner.query(`
      ALTER TABLE import DROP COLUMN preview, DROP COLUMN claimed_by, DROP COLUMN total, DROP COLUMN bytes_read,
        DROP COLUMN mapping, DROP COLUMN preview_counts, DROP COLUMN people_texted_today, DROP COLUMN previewed_on,
        DROP COLUMN applied_by, DROP COLUMN undone_at, DROP COLUMN undone_by, DROP COLUMN undo_reason,
        DROP COLUMN undo_counts, DROP COLUMN settled_at`);
  }

  private async makeEffects(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE import_effect (
        id uuid PRIMARY KEY,
        import_id uuid NOT NULL REFERENCES import (id),
        -- The unit of the file, and the contract within it.
        ordinal bigint NOT NULL,
        place integer NOT NULL,
        line integer NOT NULL,
        -- Null while what it would create is only looked at.
        contract_id uuid,
        source text,
        reference text,
        title text,
        result text NOT NULL CHECK (result IN ('created', 'updated', 'corrected', 'unchanged', 'ignored', 'refused')),
        -- What the preview had said, when it was applied.
        previewed text,
        applied boolean NOT NULL,
        version integer,
        alerts_added integer NOT NULL,
        alerts_moved integer NOT NULL,
        alerts_cancelled integer NOT NULL,
        texted_today integer NOT NULL,
        -- Blind indexes of the numbers that are texted on the day because of it; kept while it is not settled.
        due_today bytea[] NOT NULL,
        alert_ids uuid[] NOT NULL,
        changes_sealed bytea,
        undo_sealed bytea,
        UNIQUE (import_id, ordinal, place)
      )`);
    await queryRunner.query(`CREATE INDEX import_effect_page ON import_effect (import_id, id)`);
    await queryRunner.query(`CREATE INDEX import_effect_result ON import_effect (import_id, result, id)`);
    await queryRunner.query(`
      CREATE INDEX import_effect_contract ON import_effect (contract_id) WHERE contract_id IS NOT NULL`);
  }
}
