import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An import keeps how its file is to be read. A published contract may have been signed after its end; what people
 * register may not, and is refused before it comes here.
 */
export class OcdsImports1790000000200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE import ADD options jsonb NOT NULL DEFAULT '{}'`);
    await queryRunner.query(`
      ALTER TABLE contract DROP CONSTRAINT contract_check3,
        ADD CONSTRAINT contract_signed_check CHECK (signed_on <= ends_on OR source LIKE 'ocds:%') NOT VALID`);
    await queryRunner.query(`ALTER TABLE contract VALIDATE CONSTRAINT contract_signed_check`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE contract DROP CONSTRAINT contract_signed_check,
        ADD CONSTRAINT contract_check3 CHECK (signed_on <= ends_on) NOT VALID`);
    await queryRunner.query(`ALTER TABLE import DROP options`);
  }
}
