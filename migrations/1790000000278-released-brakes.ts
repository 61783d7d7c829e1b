import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When brakes were released by the service's clock is looked up in their history as late texts are frozen. */
export class ReleasedBrakes1790000000278 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX change_brake_released ON change (subject_id) WHERE subject = 'brake' AND what = 'brake-released'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_brake_released`);
  }
}
