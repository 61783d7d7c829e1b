import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { isWaiting } from '../../core/access/second-look.js';
import type { Caller } from '../../core/access/roles.js';
import type { AppError } from '../../platform/app-error.js';
import { type Locale, translate } from '../../platform/words/words.js';
import { accountProblems } from '../accounts/accounts.words.js';
import type { PageRequest } from '../accounts/page-request.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import { isolatedParams } from './isolation.js';
import { filled, Form, isCorrectable, type ShownProblem, shownProblem } from './form.js';

/** FormShown is what a form is shown with: what stands in its fields and, when it is shown again, what is wrong with it. */
export interface FormShown {
  values: Record<string, string>;
  problem?: ShownProblem | undefined;
  /** What a preview found. */
  found?: unknown;
}

export interface Choice {
  value: string;
  text: string;
}

/** Visit is one request of a page: who asks, in which language, and what was sent. */
export class Visit {
  readonly form: Form;

  /** What the form of the page is shown with; `submit` puts in what was sent, and what is wrong with it. */
  shown: FormShown = { values: {} };

  /** What the page was read after, where it looks for what is new; see Looks. */
  mark: string | null = null;

  constructor(
    readonly request: PageRequest,
    readonly reply: FastifyReply,
    readonly locale: Locale,
  ) {
    this.form = new Form(request.body);
  }

  /** Returns whoever visits. Throws on a public page, and until a form's token has been checked: a programmer's error. */
  get caller(): Caller {
    const { caller } = this.request;
    if (!caller)
      throw new Error('there is no caller: the page is public, or its form’s token was not checked');
    return caller;
  }

  /** Tells whether htmx asks, which puts a part of a page into the one that is there. */
  get isFromHtmx(): boolean {
    return this.request.headers['hx-request'] === 'true';
  }

  /** Returns the filled fields of the address: a form of filters sends blank ones too, and `done` is the frame's. */
  get filled(): Record<string, unknown> {
    const { done: _done, ...sent } = this.request.query as Record<string, unknown>;
    return filled(sent);
  }

  /** Returns what the address asks for. Throws `validation-failed`. */
  query<T>(schema: z.ZodType<T>): T {
    return parsed(schema, this.filled);
  }

  /** Writes the words of a key in the reader's language. */
  t(key: string, params?: Readonly<Record<string, unknown>>): string {
    return translate(this.locale, key, params && isolatedParams(params));
  }

  /** Returns the choices of a field whose words stand in the catalogue: `prefix` and the value are the key. */
  choices(prefix: string, values: readonly string[]): Choice[] {
    return values.map((value) => ({ value, text: this.t(`${prefix}${value}`) }));
  }

  /**
   * Answers a form by `work`, which makes the change and redirects, or gives a file. An error that people can put right shows the form
   * `again`, with what was typed and what is wrong; every other error is thrown on, and becomes a page of its own.
   */
  async submit<File = never>(
    work: (form: Form) => Promise<PageAnswer | File>,
    again: (
      shown: FormShown & { problem: ShownProblem },
      error: AppError,
    ) => Promise<PageAnswer> | PageAnswer,
  ): Promise<PageAnswer | File> {
    try {
      if (this.request.onlyShown) throw accountProblems.error('not-done-yet');
      return await work(this.form);
    } catch (error) {
      const shown = { values: this.form.values(), problem: this.problem(error) };
      this.shown = shown;
      return again(shown, error as AppError);
    }
  }

  /** Fills the fields of the page's form, which keep what was typed when it is shown again. */
  fill(values: FormShown['values']): void {
    if (!this.shown.problem && !this.shown.found) this.shown = { values };
  }

  /** Writes an error that people can put right; throws every other on. */
  problem(error: unknown): ShownProblem {
    if (!isCorrectable(error)) throw error;
    return shownProblem(error, this.locale);
  }
}

const submitsKey = 'chorong:submits';

/** Marks a handler that does nothing outside of `Visit.submit`, so that a form can come to it only to be shown again. */
export const Submits = () => SetMetadata(submitsKey, true);

export const submits = (handler: object): boolean => Reflect.getMetadata(submitsKey, handler) === true;

type Handler<Answer> = (visit: Visit, ...ids: string[]) => Answer;

/**
 * Makes a handler answer its form as `Visit.submit` does: `again` names the handler that shows the form, and is given the
 * same visit and ids. It stands next to the method, so that what Nest is to know of the handler is kept with it.
 */
export const ShownAgainBy =
  <Name extends string>(again: Name) =>
  (
    _pages: Record<Name, Handler<PageAnswer | Promise<PageAnswer>>>,
    _name: string | symbol,
    handler: { value?: Handler<Promise<PageAnswer>> },
  ): void => {
    const { value: work } = handler;
    if (!work) return;
    handler.value = function (this: typeof _pages, visit, ...ids) {
      return visit.submit(
        () => work.call(this, visit, ...ids),
        () => this[again](visit, ...ids),
      );
    };
    Reflect.defineMetadata(submitsKey, true, handler.value);
  };

/** A request of a page once the interceptor has seen it. */
export interface VisitedRequest extends PageRequest {
  visit?: Visit;
}

/** Gives a handler the Visit as a parameter. */
export const Visiting = createParamDecorator((_data: unknown, context: ExecutionContext): Visit => {
  const { visit } = context.switchToHttp().getRequest<VisitedRequest>();
  if (!visit) throw new Error('a page without @ConsolePage has no visit');
  return visit;
});

/** PageAnswer is what a page's controller answers: it names a view and what goes into it; the interceptor does the rest. */
export type PageAnswer = ShownPage | Redirect;

export interface ShownPage {
  kind: 'page';
  view: string;
  /** What stands in the browser's title, before the product's name: a key of words, or a text. */
  title: string;
  data: Record<string, unknown>;
  status: number;
  /** For htmx: the view alone, to be put into a page that is there. */
  fragment: boolean;
}

export interface Redirect {
  kind: 'redirect';
  to: string;
}

/** Shows a view. The status is that of `data.problem`, where there is one. */
export function page(
  view: string,
  title: string,
  data: Record<string, unknown> & { problem?: ShownProblem | undefined } = {},
  { status = data.problem?.status ?? 200 }: { status?: number } = {},
): ShownPage {
  return { kind: 'page', view, title, data, status, fragment: false };
}

/** Shows a part of a page, for htmx, which takes it only with status 200. */
export function fragment(view: string, data: Record<string, unknown>): ShownPage {
  return { kind: 'page', view, title: '', data, status: 200, fragment: true };
}

/** Leads on after a change, so that loading again does not make it again. `done` names words of the section `done`. */
export function redirect(to: string, done?: string): Redirect {
  return {
    kind: 'redirect',
    to: done === undefined ? to : `${to}${to.includes('?') ? '&' : '?'}done=${done}`,
  };
}

/** Leads on after what may wait for a second person: to its proposal, where it does. */
export function redirectAfter(answer: unknown, to: string, done: string): Redirect {
  return isWaiting(answer)
    ? redirect(`/console/proposals/${answer.proposal.id}`, 'proposed')
    : redirect(to, done);
}
