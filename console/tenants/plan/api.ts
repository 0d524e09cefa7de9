import { z } from 'zod';
import { listPlans } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';

const plan = z
  .object({
    code: z.string(),
    requests_per_second: z.int().meta({ description: 'Kept by the edge.' }),
    burst: z.int().meta({ description: 'Requests above the rate that are still answered at once.' }),
    max_users: z.int().meta({ description: 'How many people of a store can sign in.' }),
  })
  .meta({ id: 'Plan' });

export const planEndpoints = [
  endpoint({
    method: 'get',
    path: '/plans',
    guard: role('viewer'),
    summary: 'The plans, the smallest first',
    tag: 'Tenants',
    response: z.object({ items: z.array(plan) }),
    async run(ctx) {
      const plans = await listPlans(ctx);
      const items = plans.map(({ code, requestsPerSecond, burst, maxUsers }) => ({
        code,
        requests_per_second: requestsPerSecond,
        burst,
        max_users: maxUsers,
      }));
      return { body: { items } };
    },
  }),
];
