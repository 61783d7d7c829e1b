import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Views } from './views.js';

interface Asset {
  body: Buffer;
  type: string;
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The pages' style, script and mark, read once; an address holds the content's hash, and so may be kept for ever. */
@Injectable()
export class AssetFiles {
  /** By their short name: `{{assets.style}}`. */
  readonly addresses: Record<'style' | 'script' | 'htmx' | 'mark', string>;
  private readonly byName = new Map<string, Asset>();

  constructor(views: Views) {
    const own = (file: string) => join(views.folder, 'assets', file);
    const require = createRequire(import.meta.url);
    this.addresses = {
      style: this.keep('console.css', own('console.css')),
      script: this.keep('console.js', own('console.js')),
      htmx: this.keep('htmx.js', require.resolve('htmx.org/dist/htmx.min.js')),
      mark: this.keep('lantern.svg', own('lantern.svg')),
    };
  }

  find(name: string): Asset | undefined {
    return this.byName.get(name);
  }

  private keep(name: string, path: string): string {
    const body = readFileSync(path);
    const [stem = '', ending = ''] = name.split('.');
    const hashed = `${stem}.${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${ending}`;
    this.byName.set(hashed, { body, type: types[ending] ?? 'application/octet-stream' });
    return `/console/assets/${hashed}`;
  }
}
