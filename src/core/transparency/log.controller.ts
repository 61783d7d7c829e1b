import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../platform/app-error.js';
import { Public } from '../access/rules.js';
import { LogProofs } from './log-proofs.js';
import { LogTree } from './log-tree.js';
import { placeOfTile } from './tile-path.js';
import { tileWidth } from './merkle-tree.js';

/** An index is written in one way alone: an answer that others keep is kept once. */
const indexParam = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/)
  .transform(Number);

/** The number of a tile has up to four groups of digits, each a part of the path, and its width behind them is one more. */
const parts = ['number', 'second', 'third', 'fourth', 'fifth'];
const tilePaths = parts.map((_last, n) => `tile/:level/:${parts.slice(0, n + 1).join('/:')}`);

/** LogController gives strangers the log as C2SP's tlog-tiles describes it. What it gives is hashes, and says nothing of anybody. */
@Controller('log')
@Public()
export class LogController {
  constructor(
    private readonly tree: LogTree,
    private readonly proofs: LogProofs,
  ) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    summary: 'The newest checkpoint of the log, a note that witnesses sign as well (C2SP tlog-checkpoint)',
  })
  async checkpoint(): Promise<string> {
    const last = await this.tree.lastCheckpoint();
    if (!last) throw notFound('checkpoint');
    return this.tree.cosignedNote(last);
  }

  @Get('policy')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    summary: 'What proofs of this log are checked by: its key and its witnesses’ (C2SP tlog-policy)',
  })
  policy(): string {
    return this.proofs.policy();
  }

  @Get('proof/:index')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Proof that an entry stands in the log, to be checked offline (C2SP tlog-proof)' })
  async proof(@Param('index', { schema: indexParam }) index: number): Promise<string> {
    const proof = await (await this.proofs.proofWriter())(index);
    if (proof === null) throw notFound('entry');
    return proof;
  }

  /** Never changes once it can be read. What is cached cannot be taken back. */
  @Get(tilePaths)
  @ApiOperation({ summary: 'A tile of the log’s tree, or of its entries (C2SP tlog-tiles)' })
  async tile(
    @Param() path: Record<string, string>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const place = placeOfTile(Object.values(path).join('/'));
    if (!place) throw notFound('tile');
    const { level, index, width } = place;
    const from = index * tileWidth;
    const parts =
      level === 'entries'
        ? (await this.tree.entries(from, from + width)).map(withLength)
        : await this.tree.hashes(level, from, from + width);
    if (parts.length !== width) throw notFound('tile');
    void reply.header('content-type', 'application/octet-stream');
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    return Buffer.concat(parts);
  }
}

/** Writes an entry as a bundle holds it: its length in two bytes before it. */
function withLength(entry: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return Buffer.concat([length, entry]);
}
