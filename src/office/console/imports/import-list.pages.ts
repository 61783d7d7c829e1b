import { Get, Post, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import { CsrfCheck } from '../../accounts/csrf.js';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import { CsrfInBody } from '../../accounts/page.guard.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ImportIntake } from '../../imports/import-files.js';
import { ImportStates } from '../../imports/import-states.js';
import { notFound } from '../../../platform/app-error.js';
import { ConsolePage } from '../console-page.js';
import { parsed } from '../form.js';
import { type PageAnswer, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { isMendable } from '../problem-words.js';
import { fileProblem } from './file-problem.js';
import { ImportList } from './import-list.js';
import { Upload } from './upload.js';

const bringing = z.object({ departmentId: z.uuid().nullable() });

/** Files are brought here, and those brought before are listed. */
@ConsolePage('console/imports')
@Allow('officer', 'manager', 'admin')
export class ImportListPages {
  constructor(
    private readonly imports: ImportList,
    private readonly intake: ImportIntake,
    private readonly states: ImportStates,
    private readonly csrf: CsrfCheck,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  async list(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query('cursor') cursor: unknown,
  ): Promise<PageAnswer> {
    return this.imports.page(caller, await this.writer.localeOf(request), { cursor });
  }

  /** The form's token comes before the file, and is looked at before a byte of the file is kept. */
  @Post()
  @CsrfInBody()
  async bring(@Req() request: PageRequest): Promise<PageAnswer> {
    const upload = await Upload.of(request);
    try {
      const caller = this.csrf.verify(request, upload.field('_csrf'));
      if (!caller) throw notFound('page');
      return await this.take(request, caller, upload);
    } finally {
      await upload.drain();
    }
  }

  private async take(request: PageRequest, caller: Caller, upload: Upload): Promise<PageAnswer> {
    try {
      const { departmentId } = parsed(bringing, { departmentId: upload.field('departmentId') ?? null });
      const taken = await this.intake.takeFile(caller, upload.file(), departmentId, { preview: true });
      // A queue that is away just now is made up for: unfinished imports are looked for.
      await this.states.enqueue(taken.id).catch(() => undefined);
      return redirect(`/console/imports/${taken.id}`);
    } catch (error) {
      if (!isMendable(error)) throw error;
      const locale = await this.writer.localeOf(request);
      const departmentId = upload.field('departmentId');
      return this.imports.page(caller, locale, {
        problem: fileProblem(error, locale),
        ...(departmentId ? { departmentId } : {}),
      });
    }
  }
}
