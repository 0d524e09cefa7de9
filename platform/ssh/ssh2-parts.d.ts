/** The files of ssh2 that `ssh2.ts` loads; the package has types for its index alone. */
declare module 'ssh2/lib/client.js' {
  export { Client as default } from 'ssh2';
}
declare module 'ssh2/lib/keygen.js' {
  import type { utils } from 'ssh2';
  const keygen: Pick<typeof utils, 'generateKeyPairSync'>;
  export default keygen;
}
declare module 'ssh2/lib/protocol/keyParser.js' {
  import type { utils } from 'ssh2';
  const keyParser: Pick<typeof utils, 'parseKey'>;
  export default keyParser;
}
