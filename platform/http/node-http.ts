/**
 * Node's HTTP modules, the way `require` gives them. `import … from 'node:http'` reads each export of the module to bind
 * it, the lazy `WebSocket` with them: that loads the whole of undici, 10 MB resident in every process that listens.
 */
export const { createServer } = process.getBuiltinModule('node:http');

/** The client for a URL's protocol. Only who talks TLS loads it. */
export function clientFor(url: URL): Pick<typeof import('node:http'), 'Agent' | 'request'> {
  return process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
}
