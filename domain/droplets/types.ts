import type { SshTarget } from '#platform/ssh/index.ts';

export const DROPLET_ROLES = ['edge', 'vertical', 'infra'] as const;
export type DropletRole = (typeof DROPLET_ROLES)[number];

/**
 * enrolled: nobody has talked to it yet; reachable: its last verbs were answered; unreachable: at least two in a row, some
 * time apart, were not; host_key_changed: it shows another key than the pinned one, and nothing is sent until it is enrolled
 * again.
 */
export type DropletStatus = 'enrolled' | 'reachable' | 'unreachable' | 'host_key_changed';

/** A machine we drive over SSH. */
export type Droplet = SshTarget & {
  id: string;
  role: DropletRole;
  /** Where an edge answers HTTP; a tenant is asked for by its Host header. Undefined for the other roles. */
  probeUrl: string | undefined;
  /** SHA256 of the pinned host key, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  status: DropletStatus;
  /** Verbs in a row, some time apart, that the machine did not answer. */
  failures: number;
  lastSeenAt: Date | undefined;
  lastError: string | undefined;
  enrolledAt: Date;
  enrolledBy: string;
};

export type Edge = Droplet & { role: 'edge'; probeUrl: string };
