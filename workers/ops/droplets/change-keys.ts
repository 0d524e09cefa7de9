import {
  deleteOldKey,
  deleteUnusedKey,
  makeKey,
  switchKey,
  switchKeyBack,
  unmakeKey,
  useKey,
  verifyKey,
} from '#domain/droplets/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { once } from './once.ts';

/** Makes the key that we log in to a droplet with, unless there is one, and tells its public half. */
export const makeDropletKey = defineJob('droplet.make_key', {
  make_key: {
    async do(ctx, payload) {
      await makeKey(ctx, payload);
      return [{ key: 'key_ready', values: { key: payload.keyName } }];
    },
    undo: (ctx, payload, { reason }) => unmakeKey(ctx, payload, reason),
  },
});

/** Tries a new key on its droplet. */
export const verifyDropletKey = defineJob('droplet.verify_key', {
  verify_key: {
    async do(ctx, payload) {
      return [{ key: 'key_let_in', values: await once(verifyKey(ctx, payload)) }];
    },
  },
});

/** Makes the new key the one in use, sees it work, and only then deletes the old one. */
export const switchDropletKey = defineJob('droplet.switch_key', {
  switch_key: {
    async do(ctx, payload) {
      return [{ key: 'key_in_use', values: await switchKey(ctx, payload) }];
    },
    undo: (ctx, payload, { reason }) => switchKeyBack(ctx, payload, reason),
  },
  use_key: {
    async do(ctx, payload) {
      return [{ key: 'key_let_in', values: await useKey(ctx, payload) }];
    },
  },
  delete_old_key: { do: async (ctx, payload) => sayGivenUp(await deleteOldKey(ctx, payload)) },
});

/** Deletes a private key that nothing is logged in to with any more. */
export const dropDropletKey = defineJob('droplet.drop_key', {
  delete_key: { do: async (ctx, { keyName }) => sayGivenUp(await deleteUnusedKey(ctx, keyName)) },
});

function sayGivenUp({ key, isDeleted }: { key: string; isDeleted: boolean }): StepSaying[] {
  return [{ key: isDeleted ? 'key_deleted' : 'key_kept', values: { key } }];
}
