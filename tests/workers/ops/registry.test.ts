import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { JOB_KINDS } from '#domain/jobs/index.ts';
import { JOB_HANDLERS } from '#workers/ops/registry.ts';

const PAGE = new URL('../../../docs/jobs.md', import.meta.url);

describe('the registry of jobs', () => {
  const declared = Object.entries(JOB_KINDS).map(([kind, { steps }]) => [kind, [...steps]] as const);

  it('has code for every kind that can be asked for, step by step', () => {
    const written = [...JOB_HANDLERS].map(([kind, { steps }]) => [kind, steps.map((step) => step.name)]);

    assert.deepEqual(Object.fromEntries(written), Object.fromEntries(declared));
  });

  it('is what docs/jobs.md tells, kind by kind and step by step', async () => {
    const rows = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => line.startsWith('| `'));

    const told = rows.map((row) => {
      const [, kind = '', , steps = ''] = row.split('|');
      const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
      return [words(kind)[0], words(steps)];
    });
    assert.deepEqual(told, declared);
  });
});
