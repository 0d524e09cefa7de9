import type { Role } from '#domain/operators/index.ts';

/** What is known of an API token; never the token itself. */
export type ApiToken = {
  id: string;
  name: string;
  role: Role;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | undefined;
  /** `YYYY-MM-DD` in UTC. */
  lastUsedOn: string | undefined;
};
