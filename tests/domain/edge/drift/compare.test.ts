import assert from 'node:assert/strict';
import type { Manifest } from '#domain/edge/agent.ts';
import { compare } from '#domain/edge/drift/compare.ts';
import type { EdgeFile } from '#domain/edge/types.ts';

const tenantId = '01939b1e-0000-7000-8000-000000000001';

function published(slug: string, sha256 = 'aa'): EdgeFile {
  return {
    tenantId,
    dropletId: 'edge',
    slug,
    revision: 1,
    state: 'live',
    sha256,
    contentSha256: 'cc',
    confirmedAt: undefined,
  };
}

const onDisk = (slug: string, change: object = {}) => ({
  slug,
  state: 'live' as const,
  sha256: 'aa',
  mode: '644',
  ...change,
});
const manifest = (change: Partial<Manifest>): Manifest => ({
  files: [],
  foreign: [],
  mapsSha256: undefined,
  ...change,
});
const noneUnanswered = () => false;

describe('an edge’s disk against the books', () => {
  const findings = (disk: Partial<Manifest>, books: Partial<Parameters<typeof compare>[0]> = {}) =>
    compare(
      { files: [published('acme')], mapsSha256: undefined, isUnanswered: noneUnanswered, ...books },
      manifest(disk),
    ).map(({ kind, name, actual }) => `${kind} ${name} ${actual ?? '-'}`);

  const cases: [string, Partial<Manifest>, string[]][] = [
    ['nothing when it holds what was published', { files: [onDisk('acme')] }, []],
    ['an edited file by its bytes', { files: [onDisk('acme', { sha256: 'ee' })] }, ['edited acme live:ee']],
    ['an edited state', { files: [onDisk('acme', { state: 'suspended' })] }, ['edited acme suspended:aa']],
    ['a deleted file', {}, ['deleted acme absent']],
    ['a file that nginx may not read', { files: [onDisk('acme', { mode: '600' })] }, ['mode acme 600']],
    ['a file that nobody published', { files: [onDisk('acme'), onDisk('mole')] }, ['unknown mole live:aa']],
    [
      'what is no file of a store',
      { files: [onDisk('acme')], foreign: [{ folder: 'tenants', name: 'core.1' }] },
      ['foreign tenants/core.1 -'],
    ],
  ];
  for (const [what, disk, expected] of cases) it(`shows ${what}`, () => assert.deepEqual(findings(disk), expected));

  it('does not call drift what a publication without an answer may have left', () => {
    const isUnanswered = (name: string, hash: string) =>
      `${name} ${hash}` === 'acme ee' || `${name} ${hash}` === 'new ff';

    const seen = findings(
      { files: [onDisk('acme', { sha256: 'ee' }), onDisk('new', { sha256: 'ff' })] },
      { isUnanswered },
    );

    assert.deepEqual(seen, []);
  });

  it('compares the maps once there are any', () => {
    const files = [onDisk('acme')];

    assert.deepEqual(findings({ files, mapsSha256: 'by installation' }), []);
    assert.deepEqual(findings({ files, mapsSha256: 'm1' }, { mapsSha256: 'm1' }), []);
    assert.deepEqual(findings({ files, mapsSha256: 'm2' }, { mapsSha256: 'm1' }), ['maps maps m2']);
    assert.deepEqual(findings({ files }, { mapsSha256: 'm1' }), ['maps maps absent']);
  });
});
