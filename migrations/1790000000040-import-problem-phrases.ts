import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A problem of an import is kept as a key of the catalogue with its parameters, and is put into words when it is
 * shown. Those stored before keep their English sentences.
 */
export class ImportProblemPhrases1790000000040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE import_problem
        ADD COLUMN phrase jsonb,
        ALTER COLUMN message DROP NOT NULL,
        ALTER COLUMN advice DROP NOT NULL,
        ADD CONSTRAINT import_problem_words CHECK (phrase IS NOT NULL OR message IS NOT NULL AND advice IS NOT NULL)
          NOT VALID
    `);
    await queryRunner.query(`ALTER TABLE import_problem VALIDATE CONSTRAINT import_problem_words`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM import_problem WHERE message IS NULL OR advice IS NULL`);
    await queryRunner.query(`
      ALTER TABLE import_problem
        DROP COLUMN phrase,
        ALTER COLUMN message SET NOT NULL,
        ALTER COLUMN advice SET NOT NULL
    `);
  }
}
