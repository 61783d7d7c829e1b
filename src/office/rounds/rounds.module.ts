import { type DynamicModule, Global, Module } from '@nestjs/common';
import { FeedModule } from '../../core/feed/feed.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { ProposalsModule } from '../../core/proposals/proposals.module.js';
import { SandboxModule } from '../../core/sandbox/sandbox.module.js';
import { SandboxService } from '../../core/sandbox/sandbox.service.js';
import { SendingModule } from '../../core/sending/sending.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { TransparencyModule } from '../../core/transparency/transparency.module.js';
import { WorkModule } from '../work/work.module.js';
import { BrakeMail } from './brake-mail.js';
import { EndpointsMail } from './endpoints-mail.js';
import { MorningMail, Rounds } from './rounds.service.js';

/** In the sandbox, whose clock people move, rounds follow the clock. */
@Module({
  imports: [SandboxModule],
})
class RoundsOfSandbox {
  constructor(sandbox: SandboxService, rounds: Rounds) {
    sandbox.afterEachStep(() => rounds.makeDue());
  }
}

@Global()
@Module({
  imports: [
    FeedModule,
    FlagsModule,
    MessagesModule,
    ProposalsModule,
    SendingModule,
    SettingsModule,
    TransparencyModule,
    WorkModule,
  ],
  providers: [BrakeMail, EndpointsMail, MorningMail, Rounds],
  exports: [Rounds],
})
export class RoundsModule {
  constructor(rounds: Rounds, mail: EndpointsMail) {
    rounds.join(mail);
  }

  static with({ provider }: { provider: string }): DynamicModule[] {
    const rounds = { module: RoundsModule };
    return provider === 'sandbox' ? [rounds, { module: RoundsOfSandbox, imports: [rounds] }] : [rounds];
  }
}
