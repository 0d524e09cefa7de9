/** Of PostgreSQL, over those of the droplet: `pg_xact_commit_timestamp` tells a latency without disturbing it. */
export const SETTINGS = { track_commit_timestamp: 'on' };
