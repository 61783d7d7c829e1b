import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { NoteSigner } from '../../platform/sealing/signed-note.js';
import { PlanningModule } from '../planning/planning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { LogChecks } from './log-checks.service.js';
import { LogController } from './log.controller.js';
import { LogProofs } from './log-proofs.js';
import { LogStandings } from './log-standings.js';
import { LogTree } from './log-tree.js';
import { LogVerifier } from './log-verifier.js';
import { MisfitFlags } from './misfit-flags.js';
import { Sequencer } from './sequencer.service.js';
import { TableVerifier } from './table-verifier.js';
import { Witnesses } from './witnesses.service.js';

@Module({
  imports: [PlanningModule, SettingsModule],
  controllers: [LogController],
  providers: [
    LogChecks,
    LogProofs,
    LogStandings,
    LogTree,
    MisfitFlags,
    Sequencer,
    Witnesses,
    {
      provide: LogVerifier,
      inject: [Database, LogTree, NoteSigner, Sealer],
      useFactory: (database: Database, tree: LogTree, { verifierKey }: NoteSigner, sealer: Sealer) =>
        new LogVerifier(
          database,
          tree,
          verifierKey,
          (misfits) => new TableVerifier(database, sealer, misfits),
        ),
    },
  ],
  exports: [LogProofs, LogStandings, LogTree],
})
export class TransparencyModule {}
