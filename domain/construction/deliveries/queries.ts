import type { TenantContext } from '#platform/context.ts';
import type { Delivery, DeliveryStatus } from './types.ts';

const TABLE = 'construction.deliveries';
const COLUMNS = ['id', 'number', 'order_id', 'status', 'started_at', 'finished_at', 'version'] as const;

export async function insertDelivery(
  { db, tenantId, actor, clock }: TenantContext,
  delivery: Omit<Delivery, 'version'>,
): Promise<Delivery> {
  const at = clock.now();
  const [row] = await db(TABLE)
    .insert({
      tenant_id: tenantId,
      id: delivery.id,
      number: delivery.number,
      order_id: delivery.orderId,
      status: delivery.status,
      started_at: delivery.startedAt,
      finished_at: delivery.finishedAt,
      created_by: actor.id ?? null,
      created_at: at,
      updated_at: at,
    })
    .returning(COLUMNS);
  return toDelivery(row as DeliveryRow);
}

export async function lockOpenDelivery(
  { db, tenantId }: TenantContext,
  orderId: string,
): Promise<Delivery | undefined> {
  const row = await db(TABLE)
    .where({ tenant_id: tenantId, order_id: orderId, status: 'in_transit' })
    .forUpdate()
    .first<DeliveryRow>(COLUMNS);
  return row && toDelivery(row);
}

export async function finishDelivery(
  { db, tenantId, clock }: TenantContext,
  { id, version }: Delivery,
  status: Exclude<DeliveryStatus, 'in_transit'>,
): Promise<Delivery> {
  const at = clock.now();
  const [row] = await db(TABLE)
    .where({ tenant_id: tenantId, id })
    .update({ status, finished_at: at, updated_at: at, version: version + 1 })
    .returning(COLUMNS);
  return toDelivery(row as DeliveryRow);
}

export async function listDeliveriesOf({ db, tenantId }: TenantContext, orderId: string): Promise<Delivery[]> {
  const rows = await db(TABLE)
    .where({ tenant_id: tenantId, order_id: orderId })
    .orderBy('created_at')
    .select<DeliveryRow[]>(COLUMNS);
  return rows.map(toDelivery);
}

type DeliveryRow = {
  id: string;
  number: string;
  order_id: string;
  status: DeliveryStatus;
  started_at: Date | null;
  finished_at: Date | null;
  version: number;
};

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    number: row.number,
    orderId: row.order_id,
    status: row.status,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    version: row.version,
  };
}
