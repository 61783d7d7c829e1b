/** CONFIG injects the parsed configuration. */
export const CONFIG = Symbol('config');

/**
 * POOL injects the options by which the service's own role connects: an embedded server's port is known only once it has
 * started.
 */
export const POOL = Symbol('pool');
