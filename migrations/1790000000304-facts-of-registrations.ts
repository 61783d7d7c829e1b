import type { MigrationInterface, QueryRunner } from 'typeorm';

const isRegistration = `subject = 'contract' AND what = 'registered'`;

/**
 * Figures by officer find by an index of their own the few registrations that they count: those without dates, with somebody who reads
 * English, and with a value about a threshold. They read the JSON of every registration before.
 */
export class FactsOfRegistrations1790000000304 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX change_undated ON change (at, contract_id)
      WHERE ${isRegistration} AND (after ->> 'startsOn' IS NULL OR after ->> 'endsOn' IS NULL)`);
    await queryRunner.query(`CREATE INDEX change_in_english ON change (at, contract_id)
      WHERE ${isRegistration} AND after @> '{"contacts": [{"locale": "en"}]}'`);
    await queryRunner.query(`CREATE INDEX change_amount ON change (((after ->> 'amount')::numeric), at)
      WHERE ${isRegistration}`);
    await queryRunner.query(
      `CREATE INDEX counterparty_country ON counterparty (contract_id) WHERE country IS NOT NULL`,
    );
    // Without statistics of its expression the index of values is taken for one that finds far too much.
    await queryRunner.query(`ANALYZE change`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP INDEX change_undated, change_in_english, change_amount, counterparty_country`,
    );
  }
}
