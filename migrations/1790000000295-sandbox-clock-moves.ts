import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What the sandbox's clock was set to, and when: so that what the system's clock noted can be shown by the sandbox's. */
export class SandboxClockMoves1790000000295 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sandbox_clock_move (
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        now timestamptz NOT NULL
      )`);
    await queryRunner.query(`INSERT INTO sandbox_clock_move (now) SELECT now FROM sandbox_clock`);
    await grant(queryRunner, 'append-only', 'sandbox_clock_move');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE sandbox_clock_move`);
  }
}
