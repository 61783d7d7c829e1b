/** CONFIG injects the parsed configuration. */
export const CONFIG = Symbol('config');

/** Where the service's own role connects; the embedded server's port is known only once it has started. */
export const DATABASE_URL = Symbol('database-url');
