import { withTenant } from '#platform/db/index.ts';
import { InvalidInput, NotFound, NotPermitted } from '#platform/errors.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { completeDelivery, failDelivery, startDelivery } from '#domain/construction/deliveries/index.ts';
import { mayTouch, requireRow } from '#domain/construction/row-access/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { scopeOf } from '#domain/construction/users/index.ts';
import { publishOrderCancelled, publishSaleRecorded, publishStatusChanged } from './events.ts';
import { isOrderStep, nextOrderStatuses, permissionFor } from './policy.ts';
import { listOrderItems, lockOrder, updateOrderStatus } from './queries.ts';
import type { Order, OrderStatus } from './types.ts';

/**
 * Brings an order to its next state. Cancelling needs a reason. `delivered` hands the goods over and records the sale,
 * once. An order that is there already is answered as it is. Throws Conflict `invalid_transition`, InvalidInput
 * `reason_missing`.
 */
export async function changeOrderStatus(
  ctx: StoreContext,
  id: string,
  { to, reason = null }: { to: OrderStatus; reason?: string | null },
): Promise<Order> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = await lockOrder(tx, id);
    if (!before || !mayTouch(tx, 'order.read', before.salespersonId)) throw new NotFound();
    if (!isOrderStep(before, to)) return before;
    requireStepRight(tx, before, to);
    if (to === 'cancelled' && reason === null) throw reasonMissing();
    const order = await updateOrderStatus(tx, before, { status: to, cancelReason: to === 'cancelled' ? reason : null });
    await recordStoreAudit(tx, {
      action: `order.${to}`,
      entity: 'order',
      entityId: id,
      before: { status: before.status },
      after: { status: to, ...(reason !== null && { reason }) },
    });
    await publishStatusChanged(tx, order, before.status);
    await applyEffects(tx, before, order);
    return order;
  });
}

/** The states this person may bring the order to: what its buttons are drawn from. */
export function allowedSteps(ctx: StoreContext, order: Order): OrderStatus[] {
  return nextOrderStatuses(order).filter((to) => mayStep(ctx, order, to));
}

async function applyEffects(tx: StoreContext, before: Order, order: Order): Promise<void> {
  if (order.status === 'out_for_delivery') await startDelivery(tx, order.id);
  if (before.status === 'out_for_delivery' && order.status === 'ready') await failDelivery(tx, order.id);
  if (order.status === 'cancelled') await publishOrderCancelled(tx, order, await listOrderItems(tx, order.id));
  if (order.status === 'delivered') {
    const delivery = await completeDelivery(tx, order.id);
    await publishSaleRecorded(tx, order, { delivery, items: await listOrderItems(tx, order.id) });
  }
}

function requireStepRight(tx: StoreContext, order: Order, to: OrderStatus): void {
  requireRow(tx, permissionFor(order.status, to), order.salespersonId);
  if (!mayStep(tx, order, to)) throw new NotPermitted('cancel_needs_manager', 'The yard has begun: ask a manager.');
}

/** A salesperson may take back their own order only while nobody has begun with it. */
function mayStep(ctx: StoreContext, order: Order, to: OrderStatus): boolean {
  const permission = permissionFor(order.status, to);
  if (!mayTouch(ctx, permission, order.salespersonId)) return false;
  const isOwnOnly = scopeOf(ctx.user.role, permission, ctx.store.settings) === 'own';
  return to !== 'cancelled' || !isOwnOnly || order.status === 'pending';
}

function reasonMissing(): InvalidInput {
  const message = 'Say why the order is cancelled.';
  return new InvalidInput('reason_missing', message, { fields: [{ path: 'reason', code: 'reason_missing', message }] });
}
