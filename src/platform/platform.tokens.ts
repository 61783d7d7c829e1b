/** CONFIG injects the parsed configuration. */
export const CONFIG = Symbol('config');

/** DATABASE_URL injects where the service's own role connects: an embedded server's port is known only once it has started. */
export const DATABASE_URL = Symbol('database-url');
