export type DeliveryStatus = 'in_transit' | 'completed' | 'failed';

/** One hand-over of an order's goods. Its id is the sale's id in events. */
export type Delivery = {
  id: string;
  number: string;
  orderId: string;
  status: DeliveryStatus;
  startedAt: Date | null;
  finishedAt: Date | null;
  version: number;
};
