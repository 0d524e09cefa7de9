import { setTimeout as pause } from 'node:timers/promises';
import { percentileOf, type Measure } from '../measure.ts';
import type { ApiClient } from './api-client.ts';

const PRESENT = 100;
const ROUNDS = 3;
const PER_ROUND = 20;
const AT_ONCE = 5;

type Created = { tenant: { slug: string }; job: { id: string } };
type Job = { status: string; error: { message: string } | null };

/** From the POST until the job says that a probe through the edge saw the store, with 100 tenants already present. */
export async function measureOnboarding(api: ApiClient): Promise<Measure> {
  for (let index = 0; index < PRESENT; index += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => onboard(api, `present-${index + offset}`)));
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seconds: number[] = [];
    for (let index = 0; index < PER_ROUND; index++) seconds.push(await onboard(api, `timed-${round}-${index}`));
    rounds.push(seconds);
  }
  return percentileOf({ id: 'onboarding.p95_s', unit: 's', goal: '<= 3' }, 0.95, rounds);
}

async function onboard(api: ApiClient, slug: string): Promise<number> {
  const startedAt = performance.now();
  const created = await api('POST', '/tenants', {
    slug,
    name: `Loja ${slug}`,
    admin: { name: 'Ana', email: `ana@${slug}.example` },
  });
  if (created.status !== 202)
    throw new Error(`POST /tenants answered ${created.status}: ${JSON.stringify(created.body)}`);
  const { job } = created.body as Created;
  for (;;) {
    const body = (await api('GET', `/jobs/${job.id}`)).body as Job;
    if (body.status === 'succeeded') return (performance.now() - startedAt) / 1000;
    if (body.status === 'failed') throw new Error(`onboarding ${slug} failed: ${body.error?.message}`);
    await pause(20);
  }
}
