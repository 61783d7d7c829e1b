import { Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { ApiKeyActs } from './api-key-acts.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { RouteCheck } from './route-check.service.js';
import { Turns, TurnsGuard } from './turns.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeyActs,
    ApiKeysService,
    RouteCheck,
    Turns,
    { provide: APP_GUARD, useClass: TurnsGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
  exports: [ApiKeyActs, ApiKeysService, RouteCheck, Turns],
})
export class AccessModule {}
