import type { ShownProblem } from './form.js';

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
