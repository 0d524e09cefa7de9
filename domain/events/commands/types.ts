export const COMMAND_KINDS = ['claim', 'trim', 'remove_consumer'] as const;
type CommandKind = (typeof COMMAND_KINDS)[number];

/** Why nothing was done. */
export type CommandRefusal = 'has_pending' | 'is_owner' | 'unknown_consumer' | 'unsafe' | 'expired';

/** What is asked of Redis for one shard: whose entries to claim or whom to remove, or before which entry to trim. */
export type CommandInput = {
  kind: CommandKind;
  shard: number;
  /** Of a claim or a removal. */
  consumer: string | undefined;
  /** Of a trim: as far as is safe when undefined. */
  trimBefore: string | undefined;
};

export type Command = CommandInput & {
  id: string;
  state: 'waiting' | 'done' | 'refused';
  refusal: CommandRefusal | undefined;
  /** How many were claimed or dropped. */
  entries: number | undefined;
  reason: string;
  askedBy: string;
  askedAt: Date;
  /** Nobody does it after that: what was right then may not be any more. */
  expiresAt: Date;
  endedAt: Date | undefined;
};
