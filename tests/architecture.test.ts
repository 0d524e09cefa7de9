import assert from 'node:assert/strict';
import { unusedExports } from './architecture/exports.ts';
import { featureCycles, RULES } from './architecture/rules.ts';
import { parseSource, readSourceTree, type SourceFile } from './architecture/source-tree.ts';

/** One breach of each rule, by the rule's name: the gate must see every one of them. */
const VIOLATIONS: Record<string, SourceFile> = {
  'imports point down only: processes → domain → platform': parseSource(
    'domain/tenants/service.ts',
    `import { render } from '#console/tenants/presenter.ts';`,
  ),
  'the three processes never import each other': parseSource(
    'console/tenants/handlers.ts',
    `import type { Job } from '#workers/ops/registry.ts';`,
  ),
  'nothing that ships imports tests, bench or ops': parseSource(
    'platform/db/database.ts',
    `import { world } from '#tests/support/world.ts';`,
  ),
  'a domain feature is entered only through its index.ts': parseSource(
    'domain/edge/service.ts',
    `import {\n  findTenant,\n} from '#domain/tenants/queries.ts';`,
  ),
  'construction and engines know each other only by events': parseSource(
    'domain/construction/orders/service.ts',
    `import { applySale } from '#domain/engines/sales/index.ts';`,
  ),
  'each mechanism has one home': parseSource('domain/tenants/service.ts', `import pg from 'pg';`),
  'no process loads undici by importing node:http': parseSource(
    'platform/http/server.ts',
    `import { createServer, type RequestListener } from 'node:http';`,
  ),
  'only platform/config reads the environment': parseSource('console/app.ts', `const x = process.env.SECRET_KEY;`),
  'migrations import nothing of ours': parseSource(
    'migrations/1_x.ts',
    `import { KEYS } from '#platform/config/index.ts';`,
  ),
  'no grab-bag names': parseSource('platform/http/utils.ts', ''),
  'files stay under 300 lines': parseSource('console/app.ts', '\n'.repeat(301)),
};

describe('architecture', () => {
  const files = readSourceTree();

  it('reads the whole tree', () => {
    for (const path of [
      'platform/context.ts',
      'domain/tenants/index.ts',
      'console/app.ts',
      'tenant-app/app.ts',
      'workers/ops.ts',
    ])
      assert.ok(
        files.some((file) => file.path === path),
        `${path} was not scanned`,
      );
    assert.ok(files.flatMap((file) => file.imports).length > files.length);
  });

  for (const rule of RULES) {
    it(`holds: ${rule.name}`, () => {
      const breaches = files.flatMap((file) => (rule.breach(file) ? [`${file.path} ${rule.breach(file)}`] : []));
      assert.deepEqual(breaches, []);
    });

    it(`would see a breach of: ${rule.name}`, () => {
      const violation = VIOLATIONS[rule.name];
      assert.ok(violation, 'the rule needs an example of its breach');
      assert.ok(rule.breach(violation));
    });
  }

  it('has no cycle between domain features, and would see one', () => {
    const cycle = [
      parseSource('domain/a/index.ts', `export { b } from '#domain/b/index.ts';`),
      parseSource('domain/b/index.ts', `export { a } from '#domain/a/index.ts';`),
    ];

    assert.deepEqual(featureCycles(cycle), ['domain/a → domain/b → domain/a']);
    assert.deepEqual(featureCycles(files), []);
  });

  it('exports what somebody imports, and would see an export that nobody does', () => {
    const lonely = [
      parseSource('domain/a/index.ts', `export { b, c as d } from './b.ts';`),
      parseSource('domain/a/b.ts', `export const b = 1;\nexport type c = string;`),
      parseSource('console/x.ts', `import { b } from '#domain/a/index.ts';`),
    ];
    // A migration's up and down are called by the migrator, by name.
    const ours = files.filter(({ path }) => !path.startsWith('migrations/'));

    assert.deepEqual(unusedExports(lonely, lonely), ['domain/a/index.ts d']);
    assert.deepEqual(unusedExports(ours, [...files, ...readSourceTree(['tests'])]), []);
  });
});
