import pg from 'pg';
import { fixedClock } from '#platform/clock.ts';
import { createContext } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { Store, StoreContext, StoreSettings } from '#domain/construction/store/index.ts';
import type { UserRole } from '#domain/construction/users/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const NOON_IN_SAO_PAULO = new Date('2026-11-21T15:00:00Z');

export type StoreWorld = {
  database: TestDatabase;
  app: Database;
  clock: ReturnType<typeof fixedClock>;
  /** Runs SQL past every policy: for looking, not for acting. */
  rows<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Opens a live store and signs in its first person, an admin unless `role` says otherwise. */
  openStore(slug: string, options?: { role?: UserRole; settings?: Partial<StoreSettings> }): Promise<StoreContext>;
  /** Another person of the same store. */
  hire(colleague: StoreContext, role: UserRole): Promise<StoreContext>;
  close(): Promise<void>;
};

const SETTINGS: StoreSettings = {
  quoteValidityDays: 7,
  maxDiscountPct: { salesperson: 5, manager: 15, admin: 100 },
  salesSeeAll: false,
  salesCanApprove: false,
};

/** A database of its own with stores in it, seen as the store application sees it. Call `close` in `after`. */
export async function createStoreWorld({ poolMax = 6 } = {}): Promise<StoreWorld> {
  const database = await createTestDatabase();
  const superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  const app = openDatabase({ url: database.url('bc_app'), poolMax, applicationName: 'test', log: silentLogger });
  const clock = fixedClock(NOON_IN_SAO_PAULO);
  const rows: StoreWorld['rows'] = async (sql, values = []) => (await superuser.query(sql, values)).rows as never;

  const signIn = async (store: Store, role: UserRole): Promise<StoreContext> => {
    const user = {
      id: newId(),
      email: `${role}-${newId()}@test.example`,
      name: `Ana (${role})`,
      role,
      mustChangePassword: false,
    };
    await rows(
      `insert into construction.users (tenant_id, id, email, name, password_hash, role, created_at, updated_at)
       values ($1, $2, $3, $4, 'none', $5, now(), now())`,
      [store.tenantId, user.id, user.email, user.name, role],
    );
    const actor = { kind: 'user' as const, id: user.id, label: user.email };
    const context = createContext({ db: app.db, log: silentLogger, clock, actor, requestId: `test-${user.id}` });
    return { ...context, tenantId: store.tenantId, store, user, sessionId: newId() };
  };

  return {
    database,
    app,
    clock,
    rows,
    async openStore(slug, { role = 'admin', settings = {} } = {}) {
      const tenantId = newId();
      await rows(
        `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, created_at, updated_at)
         values ($1, $2, $2, 'live', now(), 'x@test.example', now(), now())`,
        [tenantId, slug],
      );
      return signIn({ ...storeDefaults(tenantId, slug), settings: { ...SETTINGS, ...settings } }, role);
    },
    hire: (colleague, role) => signIn(colleague.store, role),
    async close() {
      await app.stop();
      await superuser.end();
      await database.drop();
    },
  };
}

function storeDefaults(tenantId: string, slug: string): Omit<Store, 'settings'> {
  return {
    tenantId,
    slug,
    name: slug,
    status: 'live',
    locale: 'pt-BR',
    currency: 'BRL',
    timezone: 'America/Sao_Paulo',
    branding: { logoUrl: null, primaryColor: '#1a73e8', secondaryColor: '#ea4335', themeVersion: 1 },
  };
}
