import type { Engine } from '#domain/engines/index.ts';
import { recordDeliverySteps, recordFailures, sumUpDays } from './queries.ts';

/**
 * Delivery intelligence: how many arrive on their day, at the first attempt, without trouble, and how long an order takes to
 * arrive; per day of the store and driver. Nothing depends on the order in which events come.
 */
export const deliveryEngine: Engine = {
  name: 'delivery',
  handlers: {
    delivery_planned: (lane, facts) =>
      recordDeliverySteps(
        lane,
        'planned',
        facts.map(({ payload, event }) => ({ ...payload, at: event.occurredAt })),
      ),
    delivery_started: (lane, facts) =>
      recordDeliverySteps(
        lane,
        'started',
        facts.map(({ payload, event }) => ({ ...payload, at: event.occurredAt })),
      ),
    delivery_completed: (lane, facts) =>
      recordDeliverySteps(
        lane,
        'completed',
        facts.map(({ payload, event }) => {
          const { outcome, ...told } = payload;
          return { ...told, has_issue: outcome === 'completed_with_issue', at: event.occurredAt };
        }),
      ),
    delivery_failed: (lane, facts) =>
      recordFailures(
        lane,
        facts.map(({ payload, event }) => {
          return { delivery_id: payload.delivery_id, fact_id: event.eventId, at: event.occurredAt };
        }),
      ),
  },
  recompute: (lane) => sumUpDays(lane),
};
