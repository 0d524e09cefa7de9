export { createSshPool, type SshPool } from './pool.ts';
export { fetchHostKey, fingerprint } from './host-key.ts';
export { AgentRefused, HostKeyChanged } from './errors.ts';
export type { SshCommand, SshResult, SshTarget } from './types.ts';
