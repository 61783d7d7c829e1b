import { DataSource } from 'typeorm';
import type { LogFinding } from '../../src/core/transparency/log-findings.words.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { LogTree } from '../../src/core/transparency/log-tree.js';
import { LogVerifier } from '../../src/core/transparency/log-verifier.js';
import type { Misfits } from '../../src/core/transparency/misfits.js';
import { TableVerifier } from '../../src/core/transparency/table-verifier.js';
import { Database } from '../../src/platform/database/database.js';
import { Sealer } from '../../src/platform/sealing/sealer.js';
import { NoteSigner } from '../../src/platform/sealing/signed-note.js';
import type { TestService } from './service.js';

/** Returns what verifies the log and the tables that a database of the service's shows. */
export function verifierOn(
  { app }: TestService,
  database: Database,
  sealer: Sealer | null = app.get(Sealer),
): LogVerifier {
  const { verifierKey } = app.get(NoteSigner);
  const tables = (misfits: Misfits) => new TableVerifier(database, sealer, misfits);
  return new LogVerifier(database, new LogTree(database), verifierKey, tables);
}

/** Alters the tables as their owner, verifies, puts everything back, and returns what was found. */
export async function foundAfter(service: TestService, ...statements: string[]): Promise<LogFinding[]> {
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
  const url = service.ground.database.ownerUrl;
  const source = await new DataSource({ type: 'postgres', url }).initialize();
  const owner = new Database(source);
  try {
    return await owner.rehearse(async () => {
      for (const statement of statements) expect(await owner.run(statement)).toBeGreaterThan(0);
      return (await verifierOn(service, owner).verify(null)).misfits.named;
    });
  } finally {
    await source.destroy();
  }
}
