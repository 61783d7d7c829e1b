import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sentences that attempts held, by the codes that stand for them now. */
const codes: Readonly<Record<string, string>> = {
  'its lease ran out': 'lease-ran-out',
  'may have been sent before the database was restored': 'before-restore',
  'Its turn came too late: not called.': 'deadline-passed',
  'Twilio did not answer in time.': 'timed-out',
  'The sandbox did not answer in time.': 'timed-out',
  'The connection to Twilio broke before its answer.': 'connection-lost',
  'Twilio accepted, with an answer that cannot be read.': 'answer-unreadable',
  'The sandbox could not say whether it kept the text.': 'answer-unreadable',
  'Twilio refused the connection.': 'connection-refused',
  "Twilio's name could not be resolved.": 'name-not-resolved',
  'Twilio could not be connected to in time.': 'connect-timed-out',
  'No trusted connection to Twilio could be made (TLS).': 'tls-failed',
  'No connection came free in time; nothing was sent.': 'not-sent-in-time',
  'The service is stopping; nothing was sent.': 'closing',
  'No connection to Twilio could be made.': 'connection-failed',
  'The text is longer than 1600 characters.': 'text-too-long',
  'Twilio asks us to send more slowly.': 'too-many-requests',
  'Twilio does not let this account send (401).': 'not-allowed',
  'Twilio does not let this account send (403).': 'not-allowed',
};

const ownReasons = `'no receipt', 'look-at-provider', 'failed', 'number-unreadable', 'text-too-long'`;
const another = 'the provider holds another text of this contract: ';
const late = 'accepted late: possibly doubled';
const absent = 'the provider does not hold it';

/** Attempts keep codes where they kept sentences, and messages keep whose code their reason is. */
export class SendingCodes1790000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE attempt ADD COLUMN late boolean NOT NULL DEFAULT false`);
    // Null beside a reason is what a process of the version before has written meanwhile.
    await queryRunner.query(`
      ALTER TABLE message ADD COLUMN reason_origin text CHECK (reason_origin IN ('provider', 'chorong'))`);
    await queryRunner.query(`
      UPDATE message SET reason_origin = CASE
        WHEN reason IN (${ownReasons}) OR reason IN (SELECT 'http-' || n FROM generate_series(300, 499) n)
        THEN 'chorong' ELSE 'provider' END
      WHERE reason IS NOT NULL`);
    await queryRunner.query(
      `WITH sentence AS (
         SELECT key AS was, value AS code FROM json_each_text($1::json)
         UNION ALL SELECT 'Twilio answered ' || n || '.', 'http-' || n FROM generate_series(400, 599) n
         UNION ALL SELECT 'Twilio answered ' || n || ' without a code.', 'http-' || n FROM generate_series(300, 499) n)
       UPDATE attempt SET detail = sentence.code FROM sentence
       WHERE detail IN (sentence.was, sentence.was || '; ${absent}')`,
      [JSON.stringify(codes)],
    );
    await queryRunner.query(`UPDATE attempt SET late = true, detail = NULL WHERE detail = '${late}'`);
    await queryRunner.query(`UPDATE attempt SET detail = NULL WHERE detail = '${absent}'`);
    await queryRunner.query(`
      UPDATE attempt SET detail = 'another-text-' || substr(detail, ${another.length + 1})
      WHERE starts_with(detail, '${another}')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`UPDATE attempt SET detail = '${late}' WHERE late`);
    await queryRunner.query(`ALTER TABLE attempt DROP COLUMN late`);
    await queryRunner.query(`ALTER TABLE message DROP COLUMN reason_origin`);
  }
}
