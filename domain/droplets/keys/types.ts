/**
 * making: the new pair is asked for; made: its public half is to be installed on the machine beside the old one; verified:
 * the machine lets it in; switching: it becomes the one we log in with; finished, abandoned: over.
 */
export type RotationState = 'making' | 'made' | 'verified' | 'switching' | 'finished' | 'abandoned';

/** A change of the key that we log in to one machine with. */
export type KeyRotation = {
  id: string;
  dropletId: string;
  state: RotationState;
  oldKeyName: string;
  newKeyName: string;
  /** Why its last step did not work. */
  problem: string | undefined;
  beganAt: Date;
  beganBy: string;
  verifiedAt: Date | undefined;
  endedAt: Date | undefined;
};

/** The public half of a key of ours. */
export type KnownKey = {
  name: string;
  /** `ssh-ed25519 AAAA…` */
  publicKey: string;
  madeAt: Date;
};
