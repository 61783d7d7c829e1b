import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Get, Injectable, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../../core/access/rules.js';
import { notFound } from '../../platform/app-error.js';
import { Page } from '../accounts/page.guard.js';
import { Views } from './views.js';

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Assets are the pages' style, script and mark, read once; an address holds the content's hash, and so may be kept for ever. */
@Injectable()
export class Assets {
  /** By the short names that the layout uses: `{{assets.style}}`. */
  readonly addresses: Record<'style' | 'script' | 'htmx' | 'mark', string>;
  private readonly byName = new Map<string, { body: Buffer; type: string }>();

  constructor(views: Views) {
    const own = (file: string) => join(views.folder, 'assets', file);
    const require = createRequire(import.meta.url);
    this.addresses = {
      style: this.keep('console', 'css', own('console.css')),
      script: this.keep('console', 'js', own('console.js')),
      htmx: this.keep('htmx', 'js', require.resolve('htmx.org/dist/htmx.min.js')),
      mark: this.keep('lantern', 'svg', own('lantern.svg')),
    };
  }

  find(name: string): { body: Buffer; type: string } | undefined {
    return this.byName.get(name);
  }

  private keep(stem: string, ending: keyof typeof types, path: string): string {
    const body = readFileSync(path);
    const name = `${stem}.${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${ending}`;
    this.byName.set(name, { body, type: types[ending] });
    return `/console/assets/${name}`;
  }
}

@Controller('console/assets')
@Page()
@Public()
export class AssetsController {
  constructor(private readonly assets: Assets) {}

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
