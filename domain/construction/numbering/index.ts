import type { TenantContext } from '#platform/context.ts';
import { incrementCounter } from './queries.ts';

const PREFIXES = { quote: 'ORC', order: 'PED', delivery: 'ENT' } as const;
type DocumentType = keyof typeof PREFIXES;

const DIGITS = 6;

/**
 * The next number of this store's documents of one type, like `ORC-000123`. Taken on the creating transaction: its row
 * lock makes one store's creators take turns and nobody else's. Monotonic; a rolled back creation leaves no gap.
 */
export async function takeNumber(tx: TenantContext, type: DocumentType): Promise<string> {
  if (!tx.db.isTransaction) throw new TypeError('a document number must be taken inside withTenant');
  const number = await incrementCounter(tx, type);
  return `${PREFIXES[type]}-${number.padStart(DIGITS, '0')}`;
}
