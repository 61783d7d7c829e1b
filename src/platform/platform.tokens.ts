/** The parsed configuration. */
export const CONFIG = Symbol('config');
