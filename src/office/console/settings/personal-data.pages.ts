import { Get, Post, type StreamableFile } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { PersonalData } from '../../../core/retention/personal-data.service.js';
import { personRequest, type PersonView } from '../../../core/retention/retention.schema.js';
import { ConsolePage } from '../console-page.js';
import { page, type PageAnswer, redirectAfter, Submits, Visit, Visiting } from '../visit.js';
import './retention.words.js';

const path = '/console/settings/personal-data';

/** The form has a field for the reason already when somebody looks for another number. */
const searchForm = personRequest.partial({ reason: true });

/** PersonalDataPages find what is kept of the person with a number, and give it or have it erased; the number stands in no address. */
@ConsolePage('console/settings/personal-data')
@Allow('admin', 'auditor')
export class PersonalDataPages {
  constructor(private readonly people: PersonalData) {}

  @Get()
  show(@Visiting() visit: Visit): PageAnswer {
    return this.shown(visit, null);
  }

  @Post()
  @Submits()
  async act(@Visiting() visit: Visit): Promise<PageAnswer | StreamableFile> {
    const { caller } = visit;
    return visit.submit<StreamableFile>(
      async (form) => {
        const step = form.text('step');
        if (step === 'export') return this.people.file(caller, form.read(personRequest));
        if (step === 'erase') {
          const asked = await this.people.askToErase(caller, form.read(personRequest));
          return redirectAfter(asked, path, 'proposed');
        }
        const person = await this.people.find(caller, form.read(searchForm));
        visit.shown = { values: form.values() };
        return this.shown(visit, person);
      },
      () => this.shown(visit, null),
    );
  }

  private shown(visit: Visit, person: PersonView | null): PageAnswer {
    return page('settings/personal-data', 'settings.personal-data', { ...visit.shown, person });
  }
}
