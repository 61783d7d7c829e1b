import type { MigrationInterface, QueryRunner } from 'typeorm';

const ofCalls = `kind = 'number-not-theirs'`;

/** A call that reaches somebody else than the company becomes a kind of flag, beside those that there are by then. */
export class FlagsOfCalls1790000000287 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.check(queryRunner, (kinds) => `CHECK (${ofCalls} OR ${kinds})`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.check(queryRunner, (kinds) => `CHECK (NOT ${ofCalls} AND ${kinds}) NOT VALID`);
  }

  private async check(queryRunner: QueryRunner, of: (kinds: string) => string): Promise<void> {
    const [{ kinds }] = (await queryRunner.query(
      `SELECT pg_get_expr(conbin, conrelid) AS kinds FROM pg_constraint WHERE conname = 'flag_kind_check'`,
    )) as [{ kinds: string }];
    await queryRunner.query(
      `ALTER TABLE flag DROP CONSTRAINT flag_kind_check, ADD CONSTRAINT flag_kind_check ${of(kinds)}`,
    );
  }
}
