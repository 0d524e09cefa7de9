/** The word from an edge about a tenant: which revision it serves, in which state, seen when. */
export type EdgeProof = {
  droplet: string;
  revision: number;
  state: 'live' | 'suspended';
  /** When the edge was last seen answering with this revision; undefined while nobody has looked. */
  confirmedAt: Date | undefined;
  probeError: string | undefined;
};

export type ProofRow = {
  droplet: string;
  revision: string;
  edge_state: EdgeProof['state'];
  confirmed_at: Date | null;
  probe_error: string | null;
};

/** Of `f`, a file of an edge, and `d`, that edge. */
export const PROOF_COLUMNS = 'd.name as droplet, f.revision, f.state as edge_state, f.confirmed_at, f.probe_error';

export function toProof(row: ProofRow): EdgeProof {
  return {
    droplet: row.droplet,
    revision: Number(row.revision),
    state: row.edge_state,
    confirmedAt: row.confirmed_at ?? undefined,
    probeError: row.probe_error ?? undefined,
  };
}
