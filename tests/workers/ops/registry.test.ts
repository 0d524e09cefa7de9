import assert from 'node:assert/strict';
import { JOB_KINDS } from '#domain/jobs/index.ts';
import { JOB_HANDLERS } from '#workers/ops/registry.ts';

describe('the registry of jobs', () => {
  it('has code for every kind that can be asked for, step by step', () => {
    const declared = Object.entries(JOB_KINDS).map(([kind, { steps }]) => [kind, [...steps]]);
    const written = [...JOB_HANDLERS].map(([kind, { steps }]) => [kind, steps.map((step) => step.name)]);

    assert.deepEqual(Object.fromEntries(written), Object.fromEntries(declared));
  });
});
