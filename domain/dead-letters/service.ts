import { recordAudit, recordAudits } from '#domain/audit/index.ts';
import { checkPayload, CONSTRUCTION_STREAM, isKnownType } from '#domain/events/index.ts';
import { markStream } from '#domain/streams/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, InvalidInput, toError } from '#platform/errors.ts';
import { getLetter } from './listings.ts';
import { askReplay, markSkipped, mendPayload, type Asked } from './queries.ts';
import type { DeadLetter, LetterFilter } from './types.ts';

/**
 * Has one letter tried again; a worker does it within about a second. Asking twice asks once. Throws NotFound
 * `dead_letter_not_found`, Conflict `dead_letter_resolved`.
 */
export async function replayLetter(ctx: Context, id: string, because: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const { state } = await getLetter(tx, id);
    if (state === 'replaying') return;
    refuseResolved(state);
    await noteReplay(tx, await askReplay(tx.db, { id }, asked(tx, because)), because);
  });
}

/**
 * Has one letter tried again with another payload, which must keep the contract of its type and version. The event stays as
 * it was written; both are in the audit log. Throws NotFound `dead_letter_not_found`, Conflict `dead_letter_resolved` or
 * `dead_letter_replaying`, InvalidInput `bad_payload` at `payload`.
 */
export async function mendLetter(ctx: Context, id: string, text: string, because: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const letter = await getLetter(tx, id);
    if (letter.state === 'replaying') throw new Conflict('dead_letter_replaying', 'It is being tried again just now.');
    refuseResolved(letter.state);
    const after = readPayload(letter, text);
    await mendPayload(tx.db, id, JSON.stringify(after));
    await recordAudit(tx, {
      action: 'dead_letter.mended',
      subject: { type: 'dead_letter', id, label: letter.type },
      tenantId: letter.tenantId,
      before: { payload: JSON.parse(letter.mendedPayload ?? letter.payload) as unknown },
      after: { payload: after, reason: because },
    });
    await noteReplay(tx, await askReplay(tx.db, { id }, asked(tx, because)), because);
  });
}

function readPayload({ type, schemaVersion }: DeadLetter, text: string): unknown {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    refusePayload(`This is no JSON: ${toError(error).message}`);
  }
  if (!isKnownType(type)) refusePayload(`Nobody knows events of type ${type}: no payload can mend one.`);
  const check = checkPayload(type, schemaVersion, payload);
  if (!check.ok) refusePayload(check.message);
  return payload;
}

function refusePayload(message: string): never {
  throw new InvalidInput('bad_payload', message, { fields: [{ path: 'payload', code: 'bad_payload', message }] });
}

/** Has every dead letter of the filter tried again, and returns how many that are. */
export async function replayLetters(ctx: Context, filter: LetterFilter, because: string): Promise<number> {
  return withTransaction(ctx, async (tx) => {
    const letters = await askReplay(tx.db, filter, asked(tx, because));
    await noteReplay(tx, letters, because);
    return letters.length;
  });
}

/**
 * Gives its effect up for good, so that what waits behind it goes on. Throws NotFound `dead_letter_not_found`, Conflict
 * `dead_letter_resolved` or `dead_letter_replaying`.
 */
export async function skipLetter(ctx: Context, id: string, because: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const { state } = await getLetter(tx, id);
    if (state === 'replaying') throw new Conflict('dead_letter_replaying', 'It is being tried again just now.');
    refuseResolved(state);
    await audit(tx, 'skipped', await markSkipped(tx.db, id, asked(tx, because)), because);
  });
}

function refuseResolved(state: string): void {
  if (state === 'applied' || state === 'skipped')
    throw new Conflict('dead_letter_resolved', `It was ${state} already.`);
}

function asked(tx: Context, because: string): Asked {
  return { by: tx.actor.label, at: tx.clock.now(), because };
}

/** In the audit log, and on the charts of the streams. */
async function noteReplay(tx: Context, letters: readonly Changed[], because: string): Promise<void> {
  await audit(tx, 'replayed', letters, because);
  if (letters.length > 0) await markStream(tx, CONSTRUCTION_STREAM, 'replay', `${letters.length}: ${because}`);
}

type Changed = { id: string; tenant_id: string; type: string };

async function audit(tx: Context, verb: string, letters: readonly Changed[], reason: string): Promise<void> {
  if (letters.length === 0) return;
  await recordAudits(
    tx,
    letters.map(({ id, tenant_id: tenantId, type }) => ({
      action: `dead_letter.${verb}`,
      subject: { type: 'dead_letter', id, label: type },
      tenantId,
      after: { reason },
    })),
  );
}
