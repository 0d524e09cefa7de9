import type { KeyRotation, RotationState } from './types.ts';

export type RotationRow = {
  id: string;
  droplet_id: string;
  old_key_name: string;
  new_key_name: string;
  state: RotationState;
  problem: string | null;
  began_at: Date;
  began_by: string;
  verified_at: Date | null;
  ended_at: Date | null;
};

export function toRotation(row: RotationRow): KeyRotation {
  return {
    id: row.id,
    dropletId: row.droplet_id,
    state: row.state,
    oldKeyName: row.old_key_name,
    newKeyName: row.new_key_name,
    problem: row.problem ?? undefined,
    beganAt: row.began_at,
    beganBy: row.began_by,
    verifiedAt: row.verified_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}
