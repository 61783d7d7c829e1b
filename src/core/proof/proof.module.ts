import { Change, Leaf } from './change.entity.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Global, Module } from '@nestjs/common';
import { Journal } from './journal.service.js';

@Global()
@Module({ imports: [TypeOrmModule.forFeature([Change, Leaf])], providers: [Journal], exports: [Journal] })
export class ProofModule {}
