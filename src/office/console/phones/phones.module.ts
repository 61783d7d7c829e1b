import { Module } from '@nestjs/common';
import { SandboxModule } from '../../../core/sandbox/sandbox.module.js';
import { FrameModule } from '../frame.module.js';
import { PhonesPages } from './phones.pages.js';

/** Only where the provider is the sandbox. */
@Module({ imports: [FrameModule, SandboxModule], controllers: [PhonesPages] })
export class PhonesModule {}
