import type { Condition } from '#domain/alerts/index.ts';
import type { StreamReport } from './types.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A restart, a deploy and a hiccup of the network are over within this. */
const FLOW_PATIENCE = { raiseAfterMs: MINUTE_MS, clearAfterMs: MINUTE_MS };
/** What is watched has been so for long already, or is there for a person to deal with. */
const AT_ONCE = { raiseAfterMs: 0, clearAfterMs: MINUTE_MS };

/** Late is what waits longer than this. */
const LATE_MS = MINUTE_MS;
const FULL = 0.8;
const LONG_TRANSACTION_MS = 5 * MINUTE_MS;

/**
 * What on-call people are told of. One condition for the flow as a whole: that a worker is down and that events are late are
 * one outage, and somebody who was woken once need not be woken again.
 */
export function streamConditions(reports: readonly StreamReport[]): Condition[] {
  return reports.flatMap((report) => [
    { key: `stream:${report.stream}:flow`, patience: FLOW_PATIENCE, alert: flowAlert(report) },
    { key: `stream:${report.stream}:dead_letters`, patience: AT_ONCE, alert: deadLetterAlert(report) },
    { key: 'redis:memory', patience: FLOW_PATIENCE, alert: memoryAlert(report) },
    { key: 'postgres:oldest_transaction', patience: AT_ONCE, alert: transactionAlert(report) },
  ]);
}

type Alert = Condition['alert'];

function flowAlert({
  stream,
  status,
  reason,
  oldestUnprocessedAgeMs: age = 0,
  relay,
  engines,
  backlog,
}: StreamReport): Alert {
  const detail = `${backlog} events wait, the oldest for ${Math.round(age / SECOND_MS)} s. Relay ${relay.status}, engines ${engines.status} (${reason}).`;
  if (status === 'STALLED' || status === 'STOPPED' || status === 'LOST')
    return { severity: 'critical', title: `The stream ${stream} is ${status}`, detail };
  // What somebody has paused is late by their wish.
  if (age > LATE_MS && status !== 'PAUSED')
    return { severity: 'warning', title: `The stream ${stream} is late`, detail };
  return undefined;
}

function deadLetterAlert({ stream, deadLetters, deadLetterReasons }: StreamReport): Alert {
  if (deadLetters === 0) return undefined;
  const detail = deadLetterReasons.map(({ reason, count }) => `${reason}: ${count}`).join(', ');
  return {
    severity: 'warning',
    title: `Dead letters in ${stream}: ${deadLetters}`,
    detail: `${detail}. Try again or skip.`,
  };
}

function memoryAlert({ redis: { memory } }: StreamReport): Alert {
  if (!memory || memory.maxBytes === 0 || memory.usedBytes < FULL * memory.maxBytes) return undefined;
  const percent = Math.floor((100 * memory.usedBytes) / memory.maxBytes);
  return {
    severity: 'critical',
    title: `Redis has used ${percent} % of its memory`,
    detail: 'Events wait in the outbox until there is room again. Nothing is lost.',
  };
}

function transactionAlert({ database: { oldestTransaction } }: StreamReport): Alert {
  if (!oldestTransaction || oldestTransaction.ageMs < LONG_TRANSACTION_MS) return undefined;
  const { ageMs, holder } = oldestTransaction;
  return {
    severity: 'warning',
    title: `A transaction has been open for ${Math.floor(ageMs / MINUTE_MS)} min`,
    detail: `Dead rows cannot be cleared away meanwhile. It is held by ${holder}.`,
  };
}
