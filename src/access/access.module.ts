import { Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AccessGuard } from './access.guard.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { CsrfCheck } from './csrf-check.js';
import { CsrfInterceptor } from './csrf.interceptor.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { RouteCheck } from './route-check.service.js';
import { SessionCookie } from './session-cookie.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey]), DiscoveryModule, AccountsModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeysService,
    CsrfCheck,
    RouteCheck,
    SessionCookie,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: CsrfInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
  exports: [ApiKeysService, CsrfCheck, RouteCheck, SessionCookie],
})
export class AccessModule {}
