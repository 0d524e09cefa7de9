import type { SpawnedPlatform } from '#tests/support/spawned-platform.ts';
import { onFreshPlatform } from '../fresh-platform.ts';
import { medianOf, type Measure } from '../measure.ts';
import { createApiClient } from './api-client.ts';
import { measureConsolePages } from './console-pages.ts';
import { signInToConsole } from './console-session.ts';
import { loadPlatform } from './load.ts';
import { memoryAtRest, memoryUnderLoad } from './memory.ts';
import { measureOnboarding } from './onboarding.ts';

type Say = (line: string) => void;

const FIRST_STARTS = 3;

/** The figures of the platform's first path: start, onboarding, console pages, memory. Takes about four minutes. */
export async function run(say: Say): Promise<Measure[]> {
  return [await measureStarts(say), ...(await onFreshPlatform((platform) => measurePlatform(platform, say)))];
}

async function measurePlatform(platform: SpawnedPlatform, say: Say): Promise<Measure[]> {
  say('memory at rest …');
  const rest = await memoryAtRest(platform);
  say('onboarding with 100 tenants present …');
  const api = await createApiClient(platform);
  const onboarding = await measureOnboarding(api);
  say('console pages …');
  const operator = await signInToConsole(platform);
  const pages = await measureConsolePages(operator);
  say('memory under load …');
  const load = await memoryUnderLoad(platform, () => loadPlatform(platform, api, operator));
  operator.close();
  return [onboarding, pages, ...rest, ...load];
}

/** First starts in empty folders: the slow case, with the database made and the demo store brought live. */
async function measureStarts(say: Say): Promise<Measure> {
  const seconds: number[] = [];
  for (let index = 0; index < FIRST_STARTS; index++) {
    say(`start ${index + 1} of ${FIRST_STARTS} …`);
    seconds.push(await onFreshPlatform(async ({ readySeconds }) => readySeconds));
  }
  return medianOf({ id: 'start.ready_s', unit: 's', goal: '<= 20' }, seconds);
}
