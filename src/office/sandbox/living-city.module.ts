import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { ProposalsModule } from '../../core/proposals/proposals.module.js';
import { SandboxModule } from '../../core/sandbox/sandbox.module.js';
import { CityCast, LivingCity } from './living-city.service.js';

/** LivingCityModule is a part of the sandbox alone. */
@Module({
  imports: [ContractsModule, ProposalsModule, SandboxModule],
  providers: [CityCast, LivingCity],
})
export class LivingCityModule {}
