import { withTenant } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { requireBuyer } from '#domain/construction/customers/index.ts';
import { compareDecimals } from '#domain/construction/money/index.ts';
import { takeNumber } from '#domain/construction/numbering/index.ts';
import { mayTouch, requireRow } from '#domain/construction/row-access/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { changedFields, requireVersion, type Edit } from '#domain/construction/versions.ts';
import { publishQuoteCreated } from './events.ts';
import { priceItem, repriceItem, totalsOf } from './lines.ts';
import {
  deleteItems,
  findQuote,
  insertItems,
  insertQuote,
  listItems,
  lockQuote,
  updateItem,
  updateQuote,
} from './queries.ts';
import type { DraftInput, ItemChanges, ItemInput, Quote, QuoteItem } from './types.ts';

/** A quote with its lines, as every change of a draft answers. */
type QuoteWithItems = { quote: Quote; items: QuoteItem[] };

/** Opens a draft, which is in the database from its first second: no restart and no second tab can lose or mix it. */
export async function createQuote(ctx: StoreContext, { customerId }: { customerId: string | null }): Promise<Quote> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    if (customerId !== null) await requireBuyer(tx, customerId);
    const quote = await insertQuote(tx, {
      id: newId(),
      number: await takeNumber(tx, 'quote'),
      customerId,
      salespersonId: tx.user.id,
      validityDays: tx.store.settings.quoteValidityDays,
      at: tx.clock.now(),
    });
    const after = { number: quote.number, customerId };
    await recordStoreAudit(tx, { action: 'quote.created', entity: 'quote', entityId: quote.id, after });
    return quote;
  });
}

/**
 * What the caller knew of the draft: its `version`, or the values it `saw` of the fields it sends. With neither, the draft
 * is taken as it is.
 */
type Known<T> = { version?: number | undefined; seen?: Partial<T> | undefined };

/** Changes the head of a draft; what `changes` leaves out stays. */
export async function changeDraft(
  ctx: StoreContext,
  id: string,
  { version, seen = {}, changes: wanted }: Known<DraftInput> & { changes: Partial<DraftInput> },
): Promise<QuoteWithItems> {
  return editDraft(ctx, id, { action: 'quote.changed', version, after: wanted }, async (tx, quote) => {
    const changes = changesOf<DraftInput>(quote, { seen, wanted });
    if (changes.customerId) await requireBuyer(tx, changes.customerId);
    return changes;
  });
}

/** Appends a line. Needs no version: two people who add a line each lose nothing. */
export async function addItem(ctx: StoreContext, id: string, input: ItemInput): Promise<QuoteWithItems> {
  return editDraft(ctx, id, { action: 'quote.item_added', after: input }, async (tx, _quote, items) => {
    await insertItems(tx, id, { items: [await priceItem(tx, input)], after: lastPosition(items) });
  });
}

/** Changes quantity, price or discount of a line. Throws NotFound when the line is gone. */
export async function changeItem(
  ctx: StoreContext,
  id: string,
  { itemId, version, seen = {}, changes: wanted }: Known<ItemChanges> & { itemId: string; changes: ItemChanges },
): Promise<QuoteWithItems> {
  const edit = { action: 'quote.item_changed', version, after: { itemId, ...wanted } };
  return editDraft(ctx, id, edit, async (tx, _quote, items) => {
    const item = itemOf(items, itemId);
    await updateItem(tx, await repriceItem(tx, item, changesOf<ItemChanges>(item, { seen, wanted })));
  });
}

/** Takes a line out. Throws NotFound when it is gone already. */
export async function removeItem(ctx: StoreContext, id: string, itemId: string): Promise<QuoteWithItems> {
  return editDraft(ctx, id, { action: 'quote.item_removed', after: { itemId } }, async (tx, _quote, items) => {
    await deleteItems(tx, id, [itemOf(items, itemId).id]);
  });
}

/** Puts these lines in the place of those the draft has. */
export async function replaceItems(
  ctx: StoreContext,
  id: string,
  { version, items: inputs }: { version?: number | undefined; items: readonly ItemInput[] },
): Promise<QuoteWithItems> {
  const edit = { action: 'quote.items_replaced', version, after: { items: inputs } };
  return editDraft(ctx, id, edit, async (tx, _quote, items) => {
    const priced = [];
    for (const input of inputs) priced.push(await priceItem(tx, input));
    await deleteItems(tx, id, items.map((item) => item.id)); // prettier-ignore
    await insertItems(tx, id, { items: priced, after: lastPosition(items) });
  });
}

type EditFacts = { action: string; version?: number | undefined; after: Record<string, unknown> };
type EditStep = (tx: StoreContext, quote: Quote, items: QuoteItem[]) => Promise<Partial<DraftInput> | void>;

/**
 * What every change of a draft has in common: lock, right, version, the change itself, new totals, audit, and the event
 * that tells the world once that there is a quote. Throws Conflict `quote_not_editable` or `version_conflict`.
 */
async function editDraft(ctx: StoreContext, id: string, facts: EditFacts, step: EditStep): Promise<QuoteWithItems> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = await lockVisibleQuote(tx, id);
    requireRow(tx, 'quote.create', before.salespersonId);
    if (before.status !== 'draft') throw new Conflict('quote_not_editable', 'Only a draft can be changed.');
    requireVersion(before, facts.version);
    const changes = (await step(tx, before, await listItems(tx, id))) ?? {};
    const items = await listItems(tx, id);
    const isAnnounced =
      before.announcedAt === null && items.length > 0 && (changes.customerId ?? before.customerId) !== null;
    const quote = await updateQuote(tx, before, {
      ...changes,
      ...totalsOf(items, { ...before, ...changes }),
      ...(isAnnounced && { announcedAt: tx.clock.now() }),
    });
    await recordStoreAudit(tx, { action: facts.action, entity: 'quote', entityId: id, after: facts.after });
    if (isAnnounced) await publishQuoteCreated(tx, quote, items);
    return { quote, items };
  });
}

const TEXTS = new Set(['customerId', 'notes']);

/** Amounts are the same whether written `10` or `10.000`; texts only when they are equal. */
function changesOf<T extends object>(current: T, edit: Edit<T>): Partial<T> {
  return changedFields(current, edit, (key, a, b) =>
    TEXTS.has(key as string) ? a === b : compareDecimals(String(a), String(b)) === 0,
  );
}

/** Throws NotFound unless this person may see the quote: for pages that only look something up for it. */
export async function requireVisibleQuote(ctx: StoreContext, id: string): Promise<void> {
  await withTenant(ctx, ctx.tenantId, async (tx) => {
    const quote = await findQuote(tx, id);
    if (!quote || !mayTouch(tx, 'quote.read', quote.salespersonId)) throw new NotFound();
  });
}

/** Locks a quote that this person may see. Throws NotFound for one they may not: its existence is not theirs to know. */
export async function lockVisibleQuote(tx: StoreContext, id: string): Promise<Quote> {
  const quote = await lockQuote(tx, id);
  if (!quote || !mayTouch(tx, 'quote.read', quote.salespersonId)) throw new NotFound();
  return quote;
}

function itemOf(items: readonly QuoteItem[], itemId: string): QuoteItem {
  const item = items.find(({ id }) => id === itemId);
  if (!item) throw new NotFound('item_not_found', 'This line is no longer in the quote.');
  return item;
}

function lastPosition(items: readonly QuoteItem[]): number {
  return items.at(-1)?.position ?? 0;
}
