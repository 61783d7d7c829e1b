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
    await queryRunner.query(
      `DO $$ BEGIN
         EXECUTE format('GRANT ${privileges[rights]} ON ${table} TO %I', current_setting('chorong.app_role'));
       END $$`,
    );
  }
}
