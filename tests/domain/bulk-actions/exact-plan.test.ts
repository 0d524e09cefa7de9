import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { BULK_ACTIONS, confirmBulkAction, listBulkStores, planBulkAction } from '#domain/bulk-actions/index.ts';
import { publishTenants, resumeTenants, suspendTenants } from '#workers/ops/tenants/publish-tenants.ts';
import type { JobHandler } from '#workers/ops/job-handler.ts';
import { openPublisher, type Publisher } from '#tests/support/publisher.ts';

const HANDLERS = { suspend: suspendTenants, resume: resumeTenants, publish: publishTenants };
const STATUSES = ['live', 'suspended', 'provisioning', 'archived', 'failed'] as const;

/** What a store is like before: its state, whether the edge has it, and whether it says something else by now. */
const anyStore = fc.record({
  status: fc.constantFrom(...STATUSES, 'live', 'suspended'),
  isServed: fc.boolean(),
  isRenamed: fc.boolean(),
  isPicked: fc.boolean(),
  /** Somebody else changes it between the plan and its confirmation. */
  isChangedMeanwhile: fc.boolean(),
});

type Document = Record<string, unknown>;
type OnDisk = { place: string; document: Document };

describe('the plan of a bulk action', function () {
  this.timeout(120_000);
  let publisher: Publisher;
  let made = 0;

  before(async () => {
    publisher = await openPublisher();
  });
  after(() => publisher?.close());

  it('lists exactly the files that then change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...BULK_ACTIONS),
        fc.array(anyStore, { minLength: 1, maxLength: 8 }),
        async (action, drafts) => {
          const stores = await prepare(drafts);
          const tenantIds = stores.filter((store) => store.isPicked).map((store) => store.tenantId);
          if (tenantIds.length === 0) return;
          const planId = await planBulkAction(publisher.ctx, { action, selection: { tenantIds } });
          for (const store of stores) if (store.isChangedMeanwhile) await rename(store.tenantId, 'Meanwhile');
          const before = await filesOnDisk();

          const confirmed = await confirmBulkAction(publisher.ctx, planId, { reason: 'a test' }).catch(asNothingLeft);
          if (confirmed) await run(HANDLERS[action], confirmed.jobId);

          const meant = await listBulkStores(publisher.ctx, planId, { which: 'meant', limit: 100 });
          const planned = meant.flatMap(({ slug, files }) =>
            files.filter((file) => !file.fault).map(({ differences }) => [slug, afterOf(differences)]),
          );
          assert.deepEqual(changesBetween(before, await filesOnDisk()), confirmed ? planned : []);
        },
      ),
      { numRuns: 25 },
    );
  });

  async function prepare(drafts: (typeof anyStore extends fc.Arbitrary<infer T> ? T : never)[]) {
    const stores = [];
    for (const draft of drafts) {
      const [store] = await publisher.addStores([`loja-${++made}`], draft.status);
      stores.push({ ...draft, ...store! });
    }
    const served = stores.filter((store) => store.isServed);
    if (served.length > 0)
      await publisher.publish(
        served.map(({ tenantId, slug, status }) => ({
          tenantId,
          slug,
          state: status === 'suspended' ? status : 'live',
        })),
      );
    for (const store of stores) if (store.isRenamed) await rename(store.tenantId, 'Renamed');
    return stores;
  }

  const rename = (id: string, name: string) => publisher.ctx.db('platform.tenants').where({ id }).update({ name });

  async function run(handler: JobHandler, jobId: string) {
    const payload = handler.parse(await publisher.payloadOf(jobId));
    const run = { jobId, signal: publisher.signal, say: async () => undefined };
    for (const step of handler.steps) await step.do({ ...publisher.ctx, archivesDir: '/nonexistent' }, payload, run);
  }

  /** Each file by its store's slug: what it says, which file of the disk it is, and whether it is closed. */
  async function filesOnDisk(): Promise<Map<string, OnDisk>> {
    const { tenantsDir, suspendedDir } = publisher.edge;
    const names = await readdir(tenantsDir);
    const closed = new Set(await readdir(suspendedDir));
    const read = async (name: string): Promise<[string, OnDisk]> => {
      const path = join(tenantsDir, name);
      const place = `${(await stat(path)).ino} ${closed.has(name)}`;
      return [name.replace('.json', ''), { place, document: JSON.parse(await readFile(path, 'utf8')) }];
    };
    return new Map(await Promise.all(names.map(read)));
  }

  /** The files that are not what they were, each with the fields that say something else, by slug. */
  function changesBetween(before: Map<string, OnDisk>, after: Map<string, OnDisk>) {
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((slug) => before.get(slug)?.place !== after.get(slug)?.place)
      .toSorted(bySlug)
      .map((slug) => [slug, changedFields(before.get(slug)?.document ?? {}, after.get(slug)?.document ?? {})]);
  }

  function changedFields(before: Document, after: Document): Document {
    const isNew = ([field, value]: [string, unknown]) => !isDeepStrictEqual(value, before[field]);
    return Object.fromEntries(Object.entries(after).filter((entry) => entry[0] !== 'revision' && isNew(entry)));
  }

  const afterOf = (differences: readonly { field: string; after: unknown }[]) =>
    Object.fromEntries(differences.map(({ field, after }) => [field, after]));

  const bySlug = (a: string, b: string) => (a < b ? -1 : 1);

  function asNothingLeft(error: unknown): undefined {
    assert.match(String((error as { code?: string }).code), /^bulk_plan_(empty|outdated)$/);
  }
});
