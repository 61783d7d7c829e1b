import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/** The texts that a provider may still report on, or that are not sent yet. */
const unsettled = `('sending', 'waiting', 'held', 'accepted', 'sent')`;

/**
 * What keeps the personal data of a contract, and whose number it is about where it is about one (docs/retention.md). `audit`: an auditor
 * holds it, or has yet to close a flag or to make a call; these look alike, because admins read this and flags are for auditors.
 */
const kept = `
  SELECT contract_id, NULL::bytea AS number_index, 'audit' AS why FROM retention_hold WHERE released_at IS NULL
  UNION ALL SELECT contract_id, NULL, 'audit' FROM flag WHERE closed_at IS NULL
  UNION ALL SELECT contract_id, NULL, 'audit' FROM call_candidate c
    WHERE place IS NOT NULL AND month >= to_char(clock_timestamp() - interval '2 months', 'YYYY-MM')
      AND NOT EXISTS (SELECT FROM call_result r WHERE r.candidate_id = c.id)
  UNION ALL SELECT contract_id, NULL, 'proposal' FROM proposal WHERE state = 'waiting' AND contract_id IS NOT NULL
  UNION ALL SELECT contract_id, number_index, 'to-send' FROM alert WHERE status IN ('planned', 'held')
  UNION ALL SELECT a.contract_id, m.number_index, 'to-send' FROM alert a JOIN message m ON m.id = a.message_id
    WHERE m.status IN ${unsettled}
  UNION ALL SELECT p.contract_id, p.phone_index, 'still-contact' FROM contact p JOIN contract c ON c.id = p.contract_id
    WHERE p.removed_at IS NULL AND p.phone_index IS NOT NULL AND c.state NOT IN ('completed', 'terminated')`;

/**
 * Erases contacts, messages and alerts by their ids. The service's role may do this and nothing else to what is frozen: each row has to be
 * named by a leaf of this very transaction, so that the log tells of it, and nothing may keep it. An alert and an attempt get a number that
 * is nobody's in place of theirs: which alerts had one number together is still counted.
 */
const eraseFunction = `
  CREATE FUNCTION erase_personal_data(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  DECLARE
    contracts uuid[];
    numbers bytea[];
    nobody bytea := decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
  BEGIN
    IF EXISTS (SELECT FROM unnest(ids) AS one (id) WHERE NOT EXISTS (SELECT FROM leaf l
        WHERE l.subject_id = one.id::text AND l.kind = 'erased' AND l.xmin = pg_current_xact_id()::xid)) THEN
      RAISE insufficient_privilege USING MESSAGE = 'what is erased is told in the log by the same transaction';
    END IF;
    contracts := ARRAY(SELECT contract_id FROM contact WHERE id = ANY(ids)
      UNION SELECT contract_id FROM alert WHERE id = ANY(ids) OR message_id = ANY(ids));
    PERFORM FROM contract WHERE id = ANY(contracts) ORDER BY id FOR UPDATE;
    numbers := ARRAY(SELECT phone_index FROM contact WHERE id = ANY(ids)
      UNION SELECT number_index FROM message WHERE id = ANY(ids)
      UNION SELECT number_index FROM alert WHERE id = ANY(ids) OR contact_id = ANY(ids));
    IF EXISTS (SELECT FROM kept_from_erasing k
        WHERE k.contract_id = ANY(contracts) AND (k.number_index IS NULL OR k.number_index = ANY(numbers))) THEN
      RAISE insufficient_privilege USING MESSAGE = 'something keeps what is to be erased';
    END IF;
    UPDATE alert SET number_sealed = NULL, number_country = NULL,
        number_index = substring(sha256(nobody || number_index) FOR 16)
      WHERE (id = ANY(ids) OR contact_id = ANY(ids)) AND number_index IS NOT NULL;
    UPDATE attempt SET number_index = substring(sha256(nobody || number_index) FOR 16) WHERE message_id = ANY(ids);
    DELETE FROM message_words WHERE message_id = ANY(ids);
    UPDATE message SET number_sealed = NULL, number_index = NULL, text = NULL, text_hash = NULL, salt = NULL
      WHERE id = ANY(ids);
    UPDATE contact SET name_sealed = NULL, name_index = NULL, phone_sealed = NULL, phone_index = NULL, phone_ending = NULL,
        salt = NULL
      WHERE id = ANY(ids);
    -- Made of all that a file or an act gave, numbers among it: by trying, these would tell them again.
    UPDATE contract_revision SET fingerprint = sha256(nobody || fingerprint)
      WHERE contract_id IN (SELECT contract_id FROM contact WHERE id = ANY(ids));
    UPDATE proposal SET act_index = sha256(nobody || act_index)
      WHERE state <> 'waiting' AND contract_id IN (SELECT contract_id FROM contact WHERE id = ANY(ids));
    DELETE FROM ocds_record WHERE 'ocds:' || ocid IN (SELECT source FROM contract c WHERE c.id = ANY(contracts)
      AND NOT EXISTS (SELECT FROM contact p JOIN contract o ON o.id = p.contract_id
        WHERE o.source = c.source AND p.salt IS NOT NULL));
    DELETE FROM work_dead_number d WHERE number_index = ANY(numbers)
      AND NOT EXISTS (SELECT FROM contact p WHERE p.phone_index = d.number_index);
    DELETE FROM sandbox_text t WHERE to_index = ANY(numbers)
      AND NOT EXISTS (SELECT FROM contact p WHERE p.phone_index = t.to_index);
  END $$`;

/** Personal data ends when its period does, or when a person asks for it; what the log holds of it stays. */
export class Retention1790000000293 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const column of ['number_sealed', 'number_index', 'text', 'text_hash', 'salt'])
      await queryRunner.query(`ALTER TABLE message ALTER COLUMN ${column} DROP NOT NULL`);
    await queryRunner.query(`ALTER TABLE contact ALTER COLUMN salt DROP NOT NULL`);
    await queryRunner.query(`
      CREATE TABLE retention_hold (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract,
        reason text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        released_at timestamptz,
        released_by text,
        release_reason text
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX retention_hold_once ON retention_hold (contract_id) WHERE released_at IS NULL`,
    );
    await queryRunner.query(`CREATE VIEW kept_from_erasing AS ${kept}`);
    await queryRunner.query(eraseFunction);
    await queryRunner.query(`REVOKE ALL ON FUNCTION erase_personal_data FROM PUBLIC`);
    await grant(queryRunner, 'append-only', 'retention_hold');
    for (const statement of [
      'GRANT UPDATE (released_at, released_by, release_reason) ON retention_hold TO',
      'GRANT SELECT ON kept_from_erasing TO',
      'GRANT EXECUTE ON FUNCTION erase_personal_data TO',
    ])
      await withAppRole(queryRunner, statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION erase_personal_data`);
    await queryRunner.query(`DROP VIEW kept_from_erasing`);
    await queryRunner.query(`DROP TABLE retention_hold`);
  }
}
