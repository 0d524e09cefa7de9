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
import { defineJob } from '#workers/ops/job-handler.ts';
import { once } from './once.ts';

/** Makes the key that we log in to a droplet with, unless there is one, and tells its public half. */
export const makeDropletKey = defineJob('droplet.make_key', {
  make_key: {
    do: (ctx, payload) => makeKey(ctx, payload),
    undo: (ctx, payload, { reason }) => unmakeKey(ctx, payload, reason),
  },
});

/** Tries a new key on its droplet. */
export const verifyDropletKey = defineJob('droplet.verify_key', {
  verify_key: { do: (ctx, payload) => once(verifyKey(ctx, payload)) },
});

/** Makes the new key the one in use, sees it work, and only then deletes the old one. */
export const switchDropletKey = defineJob('droplet.switch_key', {
  switch_key: {
    do: (ctx, payload) => switchKey(ctx, payload),
    undo: (ctx, payload, { reason }) => switchKeyBack(ctx, payload, reason),
  },
  use_key: { do: (ctx, payload) => useKey(ctx, payload) },
  delete_old_key: { do: (ctx, payload) => deleteOldKey(ctx, payload) },
});

/** Deletes a private key that nothing is logged in to with any more. */
export const dropDropletKey = defineJob('droplet.drop_key', {
  delete_key: { do: (ctx, { keyName }) => deleteUnusedKey(ctx, keyName) },
});
