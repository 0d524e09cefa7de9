import type { RequestHandler, Response } from 'express';
import { assertNever, NotFound, Unavailable } from '#platform/errors.ts';
import type { Store } from '#domain/construction/store/index.ts';
import type { StoreDirectory } from './store-directory.ts';

const RETRY_SUSPENDED_SECONDS = 3600;
const RETRY_PROVISIONING_SECONDS = 10;

/** Turns the slug that the edge read from the host name into the store, or refuses a store that does not serve. */
export function resolveStore(directory: StoreDirectory): RequestHandler {
  return async (req, res, next) => {
    const store = await directory.find(req.get('X-Tenant-Slug') ?? '');
    if (!store) throw new NotFound('unknown_store', 'There is no store at this address.');
    res.locals.store = store;
    res.locals.brand = {
      name: store.name,
      logoUrl: store.branding.logoUrl,
      themeHref: `/web/theme.css?v=${store.branding.themeVersion}`,
    };
    refuseUnlessOpen(store);
    next();
  };
}

function refuseUnlessOpen(store: Store): void {
  switch (store.status) {
    case 'live':
      return;
    case 'suspended':
      throw new Unavailable('store_suspended', 'This store is suspended.', {
        retryAfterSeconds: RETRY_SUSPENDED_SECONDS,
      });
    case 'provisioning':
      throw new Unavailable('store_not_ready', 'This store is being prepared. Try again in a moment.', {
        retryAfterSeconds: RETRY_PROVISIONING_SECONDS,
      });
    default:
      assertNever(store.status);
  }
}

/** The store of this request. Only behind {@link resolveStore}. */
export function storeOf(res: Response): Store {
  return res.locals.store as Store;
}
