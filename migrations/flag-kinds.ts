import type { QueryRunner } from 'typeorm';

/** Lets flags be of one more kind, beside those that there are by then. */
export function allowFlagKind(queryRunner: QueryRunner, kind: string): Promise<void> {
  return checkKinds(queryRunner, (kinds) => `CHECK (kind = '${kind}' OR ${kinds})`);
}

/** Lets no flag be of the kind from now on; those that are stay. */
export function forbidFlagKind(queryRunner: QueryRunner, kind: string): Promise<void> {
  return checkKinds(queryRunner, (kinds) => `CHECK (NOT kind = '${kind}' AND ${kinds}) NOT VALID`);
}

async function checkKinds(queryRunner: QueryRunner, of: (kinds: string) => string): Promise<void> {
  const [{ kinds }] = (await queryRunner.query(
    `SELECT pg_get_expr(conbin, conrelid) AS kinds FROM pg_constraint WHERE conname = 'flag_kind_check'`,
  )) as [{ kinds: string }];
  await queryRunner.query(
    `ALTER TABLE flag DROP CONSTRAINT flag_kind_check, ADD CONSTRAINT flag_kind_check ${of(kinds)}`,
  );
}
