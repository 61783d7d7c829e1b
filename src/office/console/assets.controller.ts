import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../../core/access/rules.js';
import { Page } from '../accounts/page.guard.js';
import { notFound } from '../../platform/app-error.js';
import { AssetFiles } from './asset-files.js';

@Controller('console/assets')
@Page()
@Public()
export class AssetsController {
  constructor(private readonly assets: AssetFiles) {}

  @Get(':name')
  get(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const asset = this.assets.find(name);
    if (!asset) throw notFound('file');
    void reply
      .header('content-type', asset.type)
      .header('cache-control', 'public, max-age=31536000, immutable');
    return asset.body;
  }
}
