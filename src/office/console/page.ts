/** What a page's controller answers: it names a view and what goes into it; the interceptor does the rest. */
export type PageAnswer = ShownPage | Redirect;

export interface ShownPage {
  kind: 'page';
  view: string;
  /** What stands in the browser's title, before the product's name. */
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

export function page(
  view: string,
  title: string,
  data: Record<string, unknown> = {},
  { status = 200, fragment = false }: { status?: number; fragment?: boolean } = {},
): ShownPage {
  return { kind: 'page', view, title, data, status, fragment };
}

/** After a change, so that loading again does not make it again. `done` names words of the section `done`. */
export function redirect(to: string, done?: string): Redirect {
  return {
    kind: 'redirect',
    to: done === undefined ? to : `${to}${to.includes('?') ? '&' : '?'}done=${done}`,
  };
}
