import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What messages of each span of time are of; contracts by their reference, whatever their source. */
export class LogSpans1790000000184 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE log_span (
        span text COLLATE "C" NOT NULL,
        provider text NOT NULL,
        -- Where it is one of the exceptional ones.
        status text,
        department_id uuid,
        kind text,
        code text,
        UNIQUE NULLS NOT DISTINCT (span, provider, status, department_id, kind, code)
      )`);
    await grant(queryRunner, 'read-write', 'log_span');
    await queryRunner.query(`CREATE UNIQUE INDEX contract_reference ON contract (reference, source)`);
    await queryRunner.query(`ALTER TABLE contract DROP CONSTRAINT contract_source_reference_key`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE contract ADD UNIQUE (source, reference)`);
    await queryRunner.query(`DROP INDEX contract_reference`);
    await queryRunner.query(`DROP TABLE log_span`);
  }
}
