import type { QueryRunner } from 'typeorm';

type Rights = 'read-write' | 'append-only';

const privileges: Record<Rights, string> = {
  'read-write': 'SELECT, INSERT, UPDATE, DELETE',
  // What has been said stays said: the service's own role cannot rewrite or remove it.
  'append-only': 'SELECT, INSERT',
};

/** Gives the role that runs the service its rights on tables that the owner's role has just made. */
export async function grant(queryRunner: QueryRunner, rights: Rights, ...tables: string[]): Promise<void> {
  for (const table of tables) {
    await withAppRole(queryRunner, `GRANT ${privileges[rights]} ON ${table} TO`);
  }
}

/** Runs a statement that ends with the name of the role that runs the service, which is left out of it. */
export async function withAppRole(queryRunner: QueryRunner, statement: string): Promise<void> {
  await queryRunner.query(
    `DO $$ BEGIN EXECUTE format('${statement} %I', current_setting('chorong.app_role')); END $$`,
  );
}
