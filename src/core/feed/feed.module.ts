import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { EndpointCalls } from './endpoints/endpoint-calls.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { FeedEndpoints } from './endpoints/endpoints.service.js';
import { FeedPushing } from './endpoints/pushing.service.js';
import { FeedController } from './feed.controller.js';
import { Feed } from './feed.service.js';
import { FeedWatch } from './feed-watch.js';

@Module({
  imports: [DepartmentsModule, SettingsModule, TransparencyModule],
  controllers: [EndpointsController, FeedController],
  providers: [EndpointCalls, Feed, FeedEndpoints, FeedPushing, FeedWatch],
  exports: [FeedEndpoints],
})
export class FeedModule {}
