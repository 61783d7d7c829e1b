import { Global, Module } from '@nestjs/common';
import { Journal } from './journal.service.js';

@Global()
@Module({ providers: [Journal], exports: [Journal] })
export class ProofModule {}
