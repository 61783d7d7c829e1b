import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TransparencyModule } from '../transparency/transparency.module.js';
import { FeedController } from './feed.controller.js';
import { Feed } from './feed.service.js';
import { FeedWatch } from './feed-watch.js';

@Module({
  imports: [DepartmentsModule, SettingsModule, TransparencyModule],
  controllers: [FeedController],
  providers: [Feed, FeedWatch],
})
export class FeedModule {}
