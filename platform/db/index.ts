export { openDatabase, type Database, type Db } from './database.ts';
export { asTenant, withTenant, withTransaction } from './transaction.ts';
export { openServiceDatabase, reachDatabase } from './service-database.ts';
export { refuseUnsafeRole } from './role-check.ts';
export { listenTo } from './listen.ts';
export { containing, escapeLike } from './like.ts';
export { isUniqueViolation } from './violations.ts';
export { forgetOldInstances, recordHeartbeat } from './heartbeat.ts';
export { isTransientFailure } from './transient.ts';
