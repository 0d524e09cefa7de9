/**
 * Of PostgreSQL: the memory of the droplet, which a local server is not given, and `pg_xact_commit_timestamp`, which tells a
 * latency without disturbing it.
 */
export const SETTINGS = { shared_buffers: '512MB', track_commit_timestamp: 'on' };
