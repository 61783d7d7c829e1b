import type { MigrationInterface, QueryRunner } from 'typeorm';

const ofPayments = `kind = 'not-recorded'`;

/**
 * What a list had recorded and no officer becomes a kind of flag, beside those that there are by then. A new database comes here before the
 * kinds of lists, whose own migration has this one among them.
 */
export class FlagsOfPayments1790000000264 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await this.check(queryRunner, (kinds) => `CHECK (${ofPayments} OR ${kinds})`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.check(queryRunner, (kinds) => `CHECK (NOT ${ofPayments} AND ${kinds}) NOT VALID`);
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
