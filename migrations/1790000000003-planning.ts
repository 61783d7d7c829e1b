import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Milestones and alerts: the schedule is here and nowhere else. */
export class Planning1790000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE milestone (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract (id),
        code text NOT NULL,
        occurrence integer NOT NULL CHECK (occurrence > 0),
        date date,
        expected_by date,
        occurred_on date,
        external_id text,
        note text,
        wording text NOT NULL CHECK (wording IN ('milestone', 'neutral')),
        due_at timestamptz,
        withdrawn boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (contract_id, code, occurrence)
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX milestone_external_id ON milestone (contract_id, code, external_id)
      WHERE external_id IS NOT NULL`);
    await queryRunner.query(`
      CREATE TABLE alert (
        id uuid PRIMARY KEY,
        milestone_id uuid NOT NULL REFERENCES milestone (id),
        contract_id uuid NOT NULL REFERENCES contract (id),
        contact_id uuid NOT NULL REFERENCES contact (id),
        department_id uuid NOT NULL REFERENCES department (id),
        number_index bytea,
        shard smallint,
        wording text NOT NULL CHECK (wording IN ('milestone', 'neutral')),
        due_at timestamptz NOT NULL,
        due_day date NOT NULL,
        status text NOT NULL CHECK (status IN
          ('planned', 'claimed', 'messaged', 'held', 'missed', 'covered', 'history', 'cancelled')),
        reason text,
        reissue integer NOT NULL DEFAULT 0,
        claimed_by uuid,
        lease_until timestamptz,
        retry_at timestamptz,
        message_id uuid,
        planned_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (milestone_id, contact_id, reissue),
        CHECK (status NOT IN ('planned', 'claimed', 'messaged') OR number_index IS NOT NULL),
        CHECK ((number_index IS NULL) = (shard IS NULL)),
        CHECK ((status = 'messaged') = (message_id IS NOT NULL)),
        CHECK ((status = 'claimed') = (lease_until IS NOT NULL)),
        CHECK (status IN ('planned', 'claimed', 'messaged') OR reason IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX alert_due ON alert (shard, due_at, id) WHERE status = 'planned'`);
    await queryRunner.query(`CREATE INDEX alert_next_due ON alert (due_at) WHERE status = 'planned'`);
    await queryRunner.query(`
      CREATE INDEX alert_number_day ON alert (number_index, due_day) WHERE status IN ('planned', 'claimed')`);
    await queryRunner.query(`CREATE INDEX alert_claimed ON alert (lease_until) WHERE status = 'claimed'`);
    await queryRunner.query(`CREATE INDEX alert_contract ON alert (contract_id)`);
    await queryRunner.query(`CREATE INDEX alert_message ON alert (message_id) WHERE message_id IS NOT NULL`);
    await queryRunner.query(`CREATE INDEX alert_department ON alert (department_id, status, due_at, id)`);
    await grant(queryRunner, 'read-write', 'milestone', 'alert');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE alert, milestone`);
  }
}
