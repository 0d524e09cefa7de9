import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);
const FORBIDDEN = ['pg', 'knex', 'ioredis', 'ssh2', 'graphile-worker', '@node-rs/argon2'];

const IMPORT = /^(?:import|export)\s(?!type\b)[^;]*?from '([^']+)'|^import '([^']+)'/gm;

/** Every module that a file pulls in when it runs: types are erased and cost nothing. */
function packagesBehind(entry: URL, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(entry.href)) return packages;
  seen.add(entry.href);
  for (const [, from, bare] of readFileSync(entry, 'utf8').matchAll(IMPORT)) {
    const specifier = (from ?? bare)!;
    if (specifier.startsWith('./') || specifier.startsWith('../'))
      packagesBehind(new URL(specifier, entry), seen, packages);
    else if (specifier.startsWith('#')) packagesBehind(new URL(specifier.slice(1), ROOT), seen, packages);
    else packages.add(specifier);
  }
  return packages;
}

describe('the auth process', () => {
  it('has no database, no Redis, no SSH and no password hashing in it', () => {
    const packages = packagesBehind(new URL('tenant-app/auth-server.ts', ROOT));

    assert.ok(packages.has('express'), 'the walk must have reached the web framework');
    for (const name of FORBIDDEN) {
      assert.ok(!packages.has(name), name);
      assert.ok(createRequire(fileURLToPath(ROOT)).resolve(name), 'a package that is gone proves nothing');
    }
  });

  it('would be seen to have one, as the store’s app does', () => {
    assert.ok(packagesBehind(new URL('tenant-app/server.ts', ROOT)).has('knex'));
  });
});
