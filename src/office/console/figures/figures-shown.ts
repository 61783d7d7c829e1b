import { Injectable } from '@nestjs/common';
import { addDays, addMonths } from '../../../core/calendar/local-date.js';
import { AlertDays, noAlerts } from '../../../core/log/alert-days.service.js';
import { AlertsService } from '../../../core/log/alerts.service.js';
import type { AlertDayView } from '../../../core/log/log.schema.js';
import { BrakesService } from '../../../core/sending/brakes.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import type { StatisticsRequest, StatisticsRow } from '../../coverage/coverage.schema.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { daysOf, heatOf, percentOf, reasonsOf, shareText } from '../coverage/coverage-shown.js';
import { addressOf } from '../form.js';
import { dayText, monthText, numberText, shortDayText, shortMonthText } from '../formats.js';
import type { Visit } from '../visit.js';
import { type Column, columnChart } from './column-chart.js';

/** So many days, today among them, and so many months, this one among them, are shown. */
const days = 30;
const months = 12;

/** Every so many days one is named under the axis. */
const namedDays = 5;

/** FiguresShown draws the figures of the whole agency. */
@Injectable()
export class FiguresShown {
  constructor(
    private readonly alertDays: AlertDays,
    private readonly alerts: AlertsService,
    private readonly brakes: BrakesService,
    private readonly coverage: CoverageService,
    private readonly settings: SettingsService,
  ) {}

  /** Shows what stands still now, each figure with the way to where it is dealt with. */
  async stopped({ caller }: Visit) {
    const held = await this.alerts.countHeld();
    const brakes = await this.brakes.stopsFor(caller);
    return [
      { key: 'brakes', count: brakes.length, href: '/console/settings/brakes' },
      { key: 'heldMessages', count: held.messages, href: '/console/work/held-messages' },
      { key: 'heldAlerts', count: held.alerts, href: '/console/contracts?needs=held' },
    ];
  }

  async byDay(visit: Visit) {
    const { caller, locale } = visit;
    const to = await this.settings.today();
    const from = addDays(to, 1 - days);
    const counted = await this.alertDays.countedByDay(caller, { from, to });
    const all = Array.from({ length: days }, (_, n) => {
      const day = addDays(from, n);
      return counted.find((one) => one.day === day) ?? { day, ...noAlerts() };
    });
    const went = all.filter(({ sent, failed }) => sent + failed > 0);
    const written = (value: number) => numberText(value, locale);
    const titled = ({ day, sent, delivered, failed }: AlertDayView) =>
      visit.t('figures.dayTitle', {
        day: dayText(day, locale),
        sent: written(sent),
        delivered: written(delivered),
        failed: written(failed),
      });
    return {
      days,
      rows: went.map(({ day, sent, delivered, failed }) => ({
        day,
        sent,
        delivered,
        failed,
        href: addressOf('/console/outgoing', { day }),
      })),
      total: totalOf(went),
      chart: columnChart(
        all.map((one, i) => ({
          label: i % namedDays === 2 ? shortDayText(one.day, locale) : null,
          title: titled(one),
          parts: [
            { kind: 'delivered', value: one.delivered },
            { kind: 'sent', value: one.sent - one.delivered },
            { kind: 'failed', value: one.failed },
          ],
        })),
        { written },
      ),
    };
  }

  /** Shows coverage of the last months: by month, why somebody was not told, and by department. Throws `figures-being-counted`. */
  async coverageOf(visit: Visit) {
    const { caller, locale } = visit;
    const to = await this.settings.today();
    const period = { from: addMonths(`${to.slice(0, 7)}-01`, 1 - months), to };
    const asked = { ...period, rollUp: false, format: 'json' } satisfies Omit<StatisticsRequest, 'groupBy'>;
    const byMonth = await this.coverage.statistics(caller, { ...asked, groupBy: ['month'] });
    const byDepartment = await this.coverage.statistics(caller, { ...asked, groupBy: ['department'] });
    const rows = Array.from({ length: months }, (_, n) => {
      const month = addMonths(period.from, n).slice(0, 7);
      return monthShown(month, byMonth.rows, period, visit);
    });
    const because = reasonsOf(byMonth.total, locale);
    const most = because[0]?.count ?? 0;
    return {
      months: rows.filter(({ called }) => called > 0),
      chart: columnChart(
        rows.map(({ column }) => column),
        {
          top: 100,
          written: (value) => `${numberText(value, locale)}%`,
        },
      ),
      because: because.map((one) => ({
        ...one,
        percent: Math.round((one.count / most) * 100),
        href: addressOf('/console/coverage/milestones', { ...period, reason: one.reason }),
      })),
      ranked: rankedOf(byDepartment.rows, period, visit),
    };
  }
}

interface Period {
  from: string;
  to: string;
}

function totalOf(rows: AlertDayView[]) {
  const sum = (of: 'sent' | 'delivered' | 'failed') => rows.reduce((total, row) => total + row[of], 0);
  return { sent: sum('sent'), delivered: sum('delivered'), failed: sum('failed') };
}

function monthShown(month: string, rows: StatisticsRow[], period: Period, visit: Visit) {
  const { locale } = visit;
  const figures = rows.find((row) => row.month === month)?.figures;
  const name = monthText(month, locale);
  const [called, told] = [figures?.called ?? 0, (figures?.delivered ?? 0) + (figures?.alerted ?? 0)];
  const share = figures ? shareText(figures, locale) : null;
  const percent = (figures && percentOf(figures)) ?? 0;
  const column: Column = {
    label: shortMonthText(month, locale),
    title: share
      ? visit.t('figures.monthTitle', {
          month: name,
          share,
          told: numberText(told, locale),
          called: numberText(called, locale),
        })
      : visit.t('figures.monthNone', { month: name }),
    parts: [{ kind: `heat-${heatOf(percent)}`, value: percent }],
    crown: share,
  };
  const href = addressOf('/console/coverage/milestones', { ...daysOf(month, period) });
  return { month: name, called, told, share, column, href };
}

/** Puts the departments in which most is left to do first; equal shares by how much was called for. */
function rankedOf(rows: StatisticsRow[], period: Period, { locale }: Visit) {
  return rows
    .flatMap(({ department, figures }) => {
      const percent = percentOf(figures);
      if (!department || percent === null) return [];
      return [
        {
          name: department.name[locale],
          called: figures.called,
          told: figures.delivered + figures.alerted,
          percent,
          heat: `heat-${heatOf(percent)}`,
          share: shareText(figures, locale),
          href: addressOf('/console/coverage/milestones', {
            ...period,
            departmentId: department.id,
            below: 'no',
          }),
        },
      ];
    })
    .sort((a, b) => a.percent - b.percent || b.called - a.called);
}
