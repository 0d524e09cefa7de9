import {
  checkSlug,
  listPlanCodes,
  mapNameHolders,
  mapPublicFaces,
  mapSettings,
  refuseUnlessAllowed,
  type PublicFace,
  type Settings,
  type Tenant,
} from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { changesOf, missingForNew, type StoreEntry } from './entry.ts';
import type { Fault, FieldChange, LineAction } from './types.ts';

/** What a line comes to as things are now. `version` is that of the store it is about. */
export type Verdict = {
  action: LineAction;
  tenantId: string | undefined;
  version: number | undefined;
  changes: FieldChange[];
  faults: Fault[];
  adminKept: boolean;
};

/** What each of these lines would do with the store of its slug, in their order. */
export async function judgeEntries(ctx: Context, entries: readonly StoreEntry[]): Promise<Verdict[]> {
  const holders = await mapNameHolders(
    ctx,
    entries.map(({ slug }) => slug),
  );
  const ids = [...new Set([...holders.values()].map(({ tenantId }) => tenantId))];
  const faces = await mapPublicFaces(ctx, ids);
  const settings = await mapSettings(ctx, ids);
  const plans = await listPlanCodes(ctx);
  return entries.map((entry) => {
    const holder = holders.get(entry.slug);
    const planFaults = entry.plan === undefined || plans.includes(entry.plan) ? [] : [unknownPlan(entry.plan, plans)];
    if (!holder) return judgeNew(entry, planFaults);
    const face = faces.get(holder.tenantId)!;
    if (holder.kind !== 'primary') return refused([nameHeld(entry.slug, holder.kind, face.tenant)]);
    const verdict = judgeExisting(entry, face, settings.get(holder.tenantId)!);
    return planFaults.length > 0 ? refused([...planFaults, ...verdict.faults], face.tenant) : verdict;
  });
}

function judgeNew(entry: StoreEntry, planFaults: readonly Fault[]): Verdict {
  const checked = checkSlug(entry.slug);
  const faults = [
    ...(checked.ok ? [] : [{ field: 'slug', code: checked.code, message: checked.message }]),
    ...missingForNew(entry).map((field) => {
      const message = `${entry.slug} does not exist yet, and a new store needs this.`;
      return { field, code: 'needed_for_new', message, values: { slug: entry.slug } };
    }),
    ...planFaults,
  ];
  if (faults.length > 0) return refused(faults);
  return { action: 'create', tenantId: undefined, version: undefined, changes: [], faults: [], adminKept: false };
}

function judgeExisting(entry: StoreEntry, { tenant, branding }: PublicFace, settings: Settings): Verdict {
  const changes = changesOf(entry, { tenant, branding, settings });
  const refusal = changes.length > 0 || HAS_NO_STORE.has(tenant.status) ? refusalOf(tenant) : undefined;
  if (refusal) return refused([refusal], tenant);
  const email = entry.admin?.email;
  return {
    action: changes.length === 0 ? 'unchanged' : 'update',
    tenantId: tenant.id,
    version: tenant.version,
    changes,
    faults: [],
    adminKept: email !== undefined && email !== tenant.adminEmail.toLowerCase(),
  };
}

/** Whoever lists one of these wants a store where there is none. */
const HAS_NO_STORE = new Set<Tenant['status']>(['archived', 'deleted', 'failed']);

function refusalOf(tenant: Tenant): Fault | undefined {
  try {
    refuseUnlessAllowed(tenant, 'edit');
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return { field: '', code: error.code, message: error.message };
    throw error;
  }
}

function refused(faults: Fault[], tenant?: Tenant): Verdict {
  const { id: tenantId, version } = tenant ?? {};
  return { action: 'refused', tenantId, version, changes: [], faults, adminKept: false };
}

function unknownPlan(plan: string, plans: readonly string[]): Fault {
  const message = `There is no plan “${plan}”. Write one of: ${plans.join(', ')}.`;
  return { field: 'plan', code: 'unknown_plan', message, values: { plan, plans: plans.join(', ') } };
}

function nameHeld(slug: string, kind: 'incoming' | 'alias' | 'quarantined', tenant: Tenant): Fault {
  const message = {
    incoming: `${tenant.slug} is being renamed to ${slug}. Wait for the end of that.`,
    alias: `${slug} is an old name of ${tenant.slug} and leads there. Write “${tenant.slug}”.`,
    quarantined: `${slug} is in quarantine: another store had the name. Choose another one.`,
  }[kind];
  return { field: 'slug', code: `slug_${kind}`, message, values: { slug, holder: tenant.slug } };
}
