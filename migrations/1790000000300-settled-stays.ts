import type { MigrationInterface, QueryRunner } from 'typeorm';
import { withAppRole } from './grants.js';

/** The columns in which the service's role writes what becomes of a row; all others stay as they were when it was stored. */
const later = {
  message: `status, reason, reason_origin, attempts, resent_unproved, next_attempt_at, poll_at, polls, final_at, provider,
    sender`,
  attempt:
    'status, provider, lease_until, handle, reference, code, detail, late, checks, check_at, settled_at, redacted_at',
  alert: `department_id, number_index, shard, wording, due_at, due_day, status, reason, failure, number_sealed, number_country,
    retry_at, message_id, planned_at, updated_at`,
  brake: 'ends_at, released_at, released_by, release_reason',
};

/** The service forgets none of these by itself, and never did. */
const kept = `department, officer, contract, counterparty, contact, milestone, alert, brake, pace, instance, api_key, account,
  flag_case, default_answer, log_witness, mail_round, reference_list, reference_record`;

/**
 * What the service's role may not turn back, each as the condition of a trigger. The triggers run after the update: those before
 * it would lock each row once more, and write that.
 */
const settled = [
  {
    name: 'message_status_goes_forward',
    table: 'message',
    event: 'UPDATE OF status',
    when: `OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
      ('sending', 'accepted'), ('waiting', 'accepted'), ('held', 'accepted'), ('failed', 'accepted'),
      ('sending', 'waiting'), ('held', 'waiting'), ('accepted', 'waiting'), ('sent', 'waiting'), ('waiting', 'sending'),
      ('sending', 'failed'), ('held', 'failed'), ('accepted', 'failed'), ('sent', 'failed'), ('unconfirmed', 'failed'),
      ('sending', 'held'), ('waiting', 'held'), ('accepted', 'sent'),
      ('accepted', 'unconfirmed'), ('sent', 'unconfirmed'),
      ('sending', 'delivered'), ('waiting', 'delivered'), ('held', 'delivered'), ('accepted', 'delivered'),
      ('sent', 'delivered'), ('unconfirmed', 'delivered'), ('failed', 'delivered'))`,
  },
  {
    name: 'attempt_status_goes_forward',
    table: 'attempt',
    event: 'UPDATE OF status',
    when: `OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
      ('open', 'ambiguous'), ('open', 'refused'), ('ambiguous', 'refused'), ('ambiguous', 'absent'),
      ('open', 'accepted'), ('ambiguous', 'accepted'), ('absent', 'accepted'))`,
  },
  {
    name: 'attempt_reference_stays',
    table: 'attempt',
    event: 'UPDATE OF reference',
    when: `OLD.reference IS NOT NULL AND NEW.reference IS DISTINCT FROM OLD.reference`,
  },
  {
    // Through which provider a restored database's other life called cannot be known before it is asked.
    name: 'attempt_provider_stays',
    table: 'attempt',
    event: 'UPDATE OF provider',
    when: `NEW.provider <> OLD.provider AND NOT (OLD.suspect AND OLD.status = 'ambiguous')`,
  },
  {
    name: 'alert_stays_in_its_message',
    table: 'alert',
    event: 'UPDATE OF status, message_id',
    when: `OLD.status = 'messaged' AND (NEW.status <> 'messaged' OR NEW.message_id IS DISTINCT FROM OLD.message_id)
      OR OLD.status NOT IN ('messaged', 'planned') AND NEW.status = 'messaged'`,
  },
  {
    name: 'brake_stays_released',
    table: 'brake',
    event: 'UPDATE',
    when: `OLD.released_at IS NOT NULL`,
  },
  {
    name: 'flag_stays_closed',
    table: 'flag',
    event: 'UPDATE',
    when: `OLD.closed_at IS NOT NULL`,
  },
  {
    name: 'proposal_stays_decided',
    table: 'proposal',
    event: 'UPDATE',
    when: `OLD.state <> 'waiting'`,
  },
  {
    name: 'import_is_kept',
    table: 'import',
    event: 'DELETE',
    // An upload that broke off was nothing yet.
    when: `OLD.size > 0`,
  },
];

/**
 * The service's role loses what it does not need: with its password alone nobody rewrites a text, a number or what became of it,
 * and nobody removes an alert, a brake or a contract. Whoever owns the tables still can; `npm run verify` finds that.
 */
export class SettledStays1790000000300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(later)) {
      await withAppRole(queryRunner, `REVOKE UPDATE ON ${table} FROM`);
      await withAppRole(queryRunner, `GRANT UPDATE (${columns}) ON ${table} TO`);
    }
    await withAppRole(queryRunner, `REVOKE DELETE ON ${kept} FROM`);
    // Whoever may empty the table is its owner, and could remove the trigger as well.
    await queryRunner.query(`
      CREATE FUNCTION refuse_turning_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT has_table_privilege(TG_RELID, 'TRUNCATE') THEN
          RAISE insufficient_privilege USING MESSAGE = format('%s: what is settled in %s stays', TG_NAME, TG_TABLE_NAME);
        END IF;
        RETURN NULL;
      END $$`);
    for (const { name, table, event, when } of settled)
      await queryRunner.query(
        `CREATE TRIGGER ${name} AFTER ${event} ON ${table} FOR EACH ROW WHEN (${when})
         EXECUTE FUNCTION refuse_turning_back()`,
      );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION refuse_turning_back() CASCADE`);
    await withAppRole(queryRunner, `GRANT DELETE ON ${kept} TO`);
    for (const table of Object.keys(later)) await withAppRole(queryRunner, `GRANT UPDATE ON ${table} TO`);
  }
}
