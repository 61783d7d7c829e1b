// `npm run bench -- log`: how many leaves a second the sequencer numbers and takes into the tree, what a checkpoint takes,
// how much the tables of the log hold for each leaf, and how long the whole of it takes to verify.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { LogTree } from '../dist/src/core/transparency/log-tree.js';
import { LogVerifier } from '../dist/src/core/transparency/log-verifier.js';
import { Sequencer } from '../dist/src/core/transparency/sequencer.service.js';
import { Database } from '../dist/src/platform/database/database.js';
import { migrate } from '../dist/src/platform/database/migrate.js';
import { NoteSigner } from '../dist/src/platform/sealing/signed-note.js';
import { Timers } from '../dist/src/platform/timers.js';
import { median, startPostgres } from './ground.mjs';

export const options = { leaves: 50_000, rounds: 3 };

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  await postgres.run(`CREATE DATABASE log OWNER chorong_owner`);
  const urls = postgres.urls('log');
  await migrate({ ownerUrl: urls.owner, appRole: 'chorong_app' });
  const source = await new DataSource({ type: 'postgres', url: urls.app }).initialize();
  const client = new pg.Client({ connectionString: urls.app });
  await client.connect();
  const database = new Database(source);
  const tree = new LogTree(database);
  const signer = new NoteSigner('bench.example/log', randomBytes(32));
  const sequencer = new Sequencer(new Timers({ role: 'api' }), database, tree, signer);
  const rounds = [];
  for (let n = 1; n <= wish.rounds; n += 1) {
    await client.query(
      // Ids of version 7, and the hashes that leaves without a salt have, so that they can be verified.
      `INSERT INTO leaf (id, kind, subject_id, body, hash)
       SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
                || '8' || substr(md5(random()::text || n), 1, 15))::uuid,
              'change', n::text, jsonb_build_object('n', n), sha256('\\x00'::bytea || convert_to(format('{"n":%s}', n), 'UTF8'))
       FROM generate_series(1, $1::int) AS n`,
      [wish.leaves],
    );
    const sequenceMs = await msOf(() => sequencer.sequence());
    const signMs = await msOf(() => sequencer.sign(0));
    rounds.push({ perSecond: (1000 * wish.leaves) / sequenceMs, signMs });
    console.error(
      `round ${n}: ${rounds.at(-1).perSecond.toFixed(0)} leaves/s, a checkpoint in ${signMs.toFixed(1)} ms`,
    );
  }
  const size = await tree.size();
  const { rows } = await client.query(
    `SELECT sum(pg_total_relation_size(t))::float8 AS bytes FROM unnest(ARRAY['log_entry', 'log_node']::regclass[]) AS t`,
  );
  const bytesPerLeaf = rows[0].bytes / size;
  console.error(
    `${size} leaves: ${bytesPerLeaf.toFixed(0)} bytes of tables for each, beside the leaf itself`,
  );
  let found;
  const verifyMs = await msOf(
    async () => (found = await new LogVerifier(database, tree, signer.verifierKey).verify(null)),
  );
  if (found.size !== size || found.misfits.total > 0)
    throw new Error(`the log does not fit: ${JSON.stringify(found.misfits.named)}`);
  const verifiedPerSecond = (1000 * size) / verifyMs;
  console.error(`verified in ${(verifyMs / 1000).toFixed(1)} s, ${verifiedPerSecond.toFixed(0)} leaves/s`);
  await client.end();
  await source.destroy();
  const of = (what) => median(rounds.map((round) => round[what]));
  return { perSecond: of('perSecond'), signMs: of('signMs'), bytesPerLeaf, verifiedPerSecond, size, rounds };
}

async function msOf(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
