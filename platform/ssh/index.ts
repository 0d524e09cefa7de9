export { createSshPool, type SshPool } from './pool.ts';
export { fingerprint } from './fingerprint.ts';
export { fetchHostKey } from './host-key.ts';
export { AgentRefused, HostKeyChanged } from './errors.ts';
export type { KeyStore, LoginKey } from './key-store.ts';
export type { ConnectionReport, SshCommand, SshResult, SshTarget } from './types.ts';
