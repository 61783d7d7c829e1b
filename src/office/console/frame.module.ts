import { Module } from '@nestjs/common';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { AssetFiles } from './asset-files.js';
import { AssetsController } from './assets.controller.js';
import { PageWriter } from './page-writer.js';
import { Views } from './views.js';

/** What every page stands in. */
@Module({
  imports: [SettingsModule],
  controllers: [AssetsController],
  providers: [AssetFiles, PageWriter, Views],
  exports: [PageWriter],
})
export class FrameModule {}
