// A process that does nothing but number leaves and sign, as fast as it can, until somebody kills it.
import { DataSource } from 'typeorm';
import { LogTree } from '../../dist/src/core/transparency/log-tree.js';
import { Sequencer } from '../../dist/src/core/transparency/sequencer.service.js';
import { Database } from '../../dist/src/platform/database/database.js';
import { NoteSigner } from '../../dist/src/platform/sealing/signed-note.js';
import { Timers } from '../../dist/src/platform/timers.js';

const source = await new DataSource({ type: 'postgres', url: process.argv[2] }).initialize();
const database = new Database(source);
const signer = new NoteSigner('killed.example/log', Buffer.alloc(32, 7));
const sequencer = new Sequencer(new Timers({ role: 'api' }), database, new LogTree(database), signer);
process.stdout.write('ready\n');
for (;;) {
  await sequencer.sequence();
  await sequencer.sign(0);
}
