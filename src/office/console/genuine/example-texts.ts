import { Injectable } from '@nestjs/common';
import { type Kind, kinds, type Plan } from '../../../core/settings/plan.schema.js';
import { ServiceClock } from '../../../platform/clock/service-clock.js';
import { Providers } from '../../../core/providers/providers.module.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { lengthsOfText } from '../../../core/texts/lengths.js';
import { compileTemplate } from '../../../core/texts/rendering.js';
import { TemplatesService } from '../../../core/texts/templates.service.js';
import { VariablesService } from '../../../core/texts/variables.service.js';
import type { Locale } from '../../../platform/words/words.js';

const samples: Record<Kind, { ko: string; en: string }> = {
  works: { ko: '중앙로 보도정비공사', en: 'Jungang-ro pavement works' },
  service: { ko: '청사 청소용역', en: 'Cleaning of the city hall' },
  goods: { ko: '사무용 의자 구매', en: 'Office chairs' },
  consignment: { ko: '복지관 위탁운영', en: 'Running of the welfare centre' },
  grant: { ko: '마을축제 보조사업', en: 'Village festival' },
  permit: { ko: '도로점용 허가', en: 'Use of a road' },
};

export interface ExampleText {
  kind: Kind;
  code: string;
  name: string;
  wording: 'milestone' | 'neutral';
  text: string;
  lengths: ReturnType<typeof lengthsOfText>;
}

/** The texts in force as a recipient would read them, of an invented contract. */
@Injectable()
export class ExampleTexts {
  constructor(
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
    private readonly clock: ServiceClock,
  ) {}

  async of(locale: Locale): Promise<{ kind: Kind; plan: Plan; texts: ExampleText[] }[]> {
    const inForce = await this.templates.inForce();
    const variables = await this.variables.from(this.providers.forSending.sender);
    const date = (await this.settings.calendar()).localDateOf(await this.clock.now());
    const all = [];
    for (const kind of kinds) {
      const { value: plan } = (await this.settings.plansFor(kind)).plain;
      const texts = plan.milestones.flatMap(({ code, name, expectedBy }) =>
        (expectedBy ? (['milestone', 'neutral'] as const) : (['milestone'] as const)).map(
          (wording): ExampleText => {
            const template = inForce.choose({ locale, kind, milestone: code, wording });
            const subject = {
              locale,
              kind,
              reference: `C-${date.slice(0, 4)}-0143`,
              title: samples[kind][locale],
              departmentName: locale === 'ko' ? '담당부서' : 'Department',
              departmentNameEn: null,
              milestoneName: name,
              date: wording === 'neutral' ? null : date,
            };
            const text = compileTemplate(template.body)(variables.milestone(subject));
            return { kind, code, name: name[locale], wording, text, lengths: lengthsOfText(text) };
          },
        ),
      );
      all.push({ kind, plan, texts });
    }
    return all;
  }

  get sender(): string {
    return this.providers.forSending.sender;
  }
}
