import type { Pause } from '#domain/events/index.ts';
import type { HeartbeatRow, ParkedRow, StageSample } from './listings.ts';
import type { Reading } from './readings.ts';
import { DEAD_AFTER_MS, judgeGroup, judgeRelay } from './status.ts';
import type { FlowJudgement, Owner } from './status-types.ts';
import type { ProcessReport, ShardReport } from './types.ts';
import type { Sample, SampleWindow } from './window.ts';

/** All that a status is made of, from which each part takes what is its own. */
export type Evidence = {
  samples: readonly StageSample[];
  beats: readonly HeartbeatRow[];
  parked: readonly ParkedRow[];
  pauses: readonly Pick<Pause, 'scope' | 'target' | 'pausedBy' | 'pausedAt'>[];
  replay: { done: number; total: number } | undefined;
  /** Redis answers, and is not the one that the stream was built in. */
  isLost: boolean;
};

/** The relay reads this often, in ms. */
const SAMPLED_EVERY_MS = 5000;

/** The readings of a stage up to now. The relay takes the samples, so without it only this last reading tells of the time since. */
function windowOf(reading: Reading, samples: readonly StageSample[]): SampleWindow {
  const past = samples.filter(
    ({ at, group, shard }) => group === reading.group && shard === reading.shard && at < reading.at,
  );
  return [...past, ...missed(reading, past.at(-1)), toSample(reading)];
}

function toSample({ at, published, processed, backlog, oldestAt }: Reading): Sample {
  const oldestAgeMs = oldestAt && Math.max(0, at.getTime() - oldestAt.getTime());
  return { at, published, processed, backlog, oldestAgeMs };
}

/**
 * A reading that nobody took and that is known all the same: nothing was done since the last one, or since the oldest event came,
 * so that event already waited when the next one was due. Without it, a flow whose relay is dead would look as though
 * its work had come this moment.
 */
function missed(reading: Reading, last: Sample | undefined): Sample[] {
  const { oldestAt, lastDoneAt, processed, backlog } = reading;
  if (!oldestAt || backlog <= 0 || (last && last.backlog > 0)) return [];
  const wasNothingDone = last ? last.processed === processed : !lastDoneAt || lastDoneAt <= oldestAt;
  const at = new Date(Math.max(oldestAt.getTime(), last ? last.at.getTime() + SAMPLED_EVERY_MS : 0));
  if (!wasNothingDone || at >= reading.at) return [];
  return [{ at, published: processed + 1, processed, backlog: 1, oldestAgeMs: at.getTime() - oldestAt.getTime() }];
}

export function judgeRelayStage(reading: Reading, { samples, beats, pauses, isLost }: Evidence): ProcessReport {
  const speaker = speakerOf(beats, 'relay');
  const owner = speaker && toOwner(speaker);
  const window = windowOf(reading, samples);
  // With everything paused the stream fills up, and then the relay must stand still.
  const pausedBy = toPausedBy(pauses.find(({ scope }) => scope === 'all'));
  const judgement = judgeRelay({ window, now: reading.at, owner, pausedBy, isLost, isReadable: true });
  return { ...judgement, ...processFacts('relay', speaker, beats) };
}

export function judgeShard(reading: Reading, evidence: Evidence): ShardReport {
  const { samples, beats, parked, pauses, replay, isLost } = evidence;
  const window = windowOf(reading, samples);
  const blockedKeys = parked
    .filter(({ shard, reason }) => shard === reading.shard && reason === 'blocked')
    .reduce((sum, { keys }) => sum + keys, 0);
  const owner = ownerOf(reading.owner, beats);
  const pausedBy = toPausedBy(
    pauses.find(({ scope, target }) => scope === 'all' || (scope === 'shard' && Number(target) === reading.shard)),
  );
  const facts = { window, now: reading.at, owner, pausedBy, replay, blockedKeys, isLost, isReadable: true };
  const judgement = judgeGroup(facts);
  const { shard, backlog, oldestAt } = reading;
  const oldestAgeMs = oldestAt && Math.max(0, reading.at.getTime() - oldestAt.getTime());
  return { ...judgement, shard, owner: reading.owner, inFlight: backlog, parked: reading.parked, oldestAgeMs };
}

function toPausedBy(pause: Evidence['pauses'][number] | undefined): { by: string; since: Date } | undefined {
  return pause && { by: pause.pausedBy, since: pause.pausedAt };
}

/** The engines are as their worst shard is. */
export function describeEngines(worst: FlowJudgement, beats: readonly HeartbeatRow[]): ProcessReport {
  const { status, reason, detail } = worst;
  return { status, reason, ...(detail && { detail }), ...processFacts('engines', speakerOf(beats, 'engines'), beats) };
}

/** Who has a shard; when nobody does, the last who might have, unless that one lives and is about to take it. */
function ownerOf(name: string | undefined, beats: readonly HeartbeatRow[]): Owner | undefined {
  const engines = beats.filter(({ process }) => process === 'engines');
  const named = engines.find(({ instance }) => instance === name);
  if (named) return toOwner(named);
  const [newest] = engines;
  return newest && !isAlive(newest) ? toOwner(newest) : undefined;
}

function processFacts(
  process: ProcessReport['process'],
  speaker: HeartbeatRow | undefined,
  beats: readonly HeartbeatRow[],
): Omit<ProcessReport, 'status' | 'reason' | 'detail'> {
  return {
    process,
    instance: speaker?.instance,
    startedAt: speaker?.startedAt,
    beatAt: speaker?.beatAt,
    alive: beats.filter((beat) => beat.process === process && isAlive(beat)).length,
    warnings: speaker && isAlive(speaker) ? speaker.warnings : [],
  };
}

/** The one of several instances that counts: who is at work, else who lives, else the last that did. */
function speakerOf(beats: readonly HeartbeatRow[], process: string): HeartbeatRow | undefined {
  const own = beats.filter((beat) => beat.process === process);
  const alive = own.filter(isAlive);
  return alive.find(({ role, shards }) => role === 'active' || shards.length > 0) ?? alive[0] ?? own[0];
}

function isAlive({ ageMs, state }: HeartbeatRow): boolean {
  return ageMs < DEAD_AFTER_MS && state !== 'stopped';
}

function toOwner({ ageMs, state, error }: HeartbeatRow): Owner {
  const known = state === 'failing' || state === 'stopped' ? state : 'ok';
  return { aliveMs: ageMs, state: known, ...(error !== undefined && { error }) };
}
