/** A host name of a store's own. */
export type Domain = {
  host: string;
  tenantId: string;
  /** pending: nobody has shown yet that it is theirs; verified: somebody has, and the edges are told of it. */
  status: 'pending' | 'verified';
  /** What its owner must show. */
  token: string;
  addedBy: string;
  createdAt: Date;
  /** When the proof was last looked for, and why it was not found then. */
  checkedAt: Date | undefined;
  checkError: string | undefined;
  verifiedAt: Date | undefined;
  verifiedBy: 'dns' | 'http' | undefined;
  /** When every edge was seen serving the store under it. */
  servedAt: Date | undefined;
};
