import { createHash } from 'node:crypto';

// Apart from the rest of this folder, so that whoever only shows a key does not load the SSH library (16 MB).

const KEY = /^ssh-ed25519 ([A-Za-z0-9+/]+={0,2})$/;

/** The key's bytes as they come over the wire. Throws when the text is not one ed25519 public key without comment. */
export function hostKeyBytes(hostKey: string): Buffer {
  const base64 = KEY.exec(hostKey)?.[1];
  if (!base64) throw new TypeError('a host key must read "ssh-ed25519 <base64>"');
  return Buffer.from(base64, 'base64');
}

/** `SHA256:…` as `ssh-keygen -l` prints it, so that a person can compare the two. */
export function fingerprint(key: string | Buffer): string {
  const bytes = typeof key === 'string' ? hostKeyBytes(key) : key;
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}
