import assert from 'node:assert/strict';
import { judgeGroup, judgeRelay, worstOf } from '#domain/streams/status.ts';
import { factsOf, NOW, windowOf, type Said } from './windows.ts';

const silent = { owner: { aliveMs: 600_000, state: 'ok' } } as const;
const stopped = { owner: { aliveMs: 2000, state: 'stopped' } } as const;
const failing = { owner: { aliveMs: 2000, state: 'failing', error: 'disk full' } } as const;
const nobody = { owner: undefined };
const beat = (aliveMs: number) => ({ owner: { aliveMs, state: 'ok' } }) as const;
const paused = { pausedBy: { by: 'ana', since: NOW } };
const replay = { replay: { done: 40, total: 100 } };

/** 30 s of one in, none out; 30 s of ten in, five out; 30 s of five in, ten out. */
const STUCK = '101/100*7';
const GROWING = '110/5 120/10 130/15 140/20 150/25 160/30 170/35';
const FALLING = '200/100 205/110 210/120 215/130 220/140 225/150 230/160';

type Case = [name: string, window: string, said: Said, expected: string];

const BURROW: Case[] = [
  ['#38: nothing comes for the whole window', '100/100*7', {}, 'OK idle'],
  ['#38: nothing ever came', '0/0*7', {}, 'OK idle'],
  ['#94: caught up, and idle for much longer than it worked', '90/90 100/100*40', {}, 'OK idle'],
  ['#94: caught up, crashed, then events came', '100/100*4 101/100 102/100', silent, 'STOPPED silent'],
  ['#140: caught up, last effect half an hour ago', '90/90 100/100 -*350 100/100', {}, 'OK idle'],
  ['#338: one event after a long silence', '100/100*12 101/100', {}, 'OK working'],
  ['#338: the same one reading later', '100/100*11 101/100*2', {}, 'OK working'],
  ['#338: the same when it was taken', '100/100*11 101/100 101/101', {}, 'OK idle'],
  [
    '#58: the backlog rises while stopped',
    '100/90 150/90 200/90 250/90 300/90 350/90 400/90',
    silent,
    'STOPPED silent',
  ],
  ['#287: an error is shown though nothing waits', '100/100*7', silent, 'UNKNOWN silent'],
  ['#287: 55 k came while nobody looked', '100/100 -*60 55100/100 55200/100', silent, 'STOPPED silent'],
  ['#745: empty within the window, but stopped', '100/100*3 110/100*4', stopped, 'STOPPED stopped'],
  ['#453: it grows, but for one dip', '99/50 130/60 140/90 190/99 240/110 290/120 340/130', {}, 'WARN late'],
  ['#303: an effect only every other reading', '9/8 9/8 10/9 10/9 11/10 11/10 12/11', { age: 9000 }, 'OK working'],
  ['#738: ten times more comes than goes', '99/0 199/10 299/20 399/30 499/40 599/50 699/60', {}, 'WARN growing'],
];

const WORK: Case[] = [
  ['steady and quick', '101/100 111/110 121/120 131/130 141/140 151/150 161/160', { age: 20 }, 'OK working'],
  ['more and more under way, none late', GROWING, { age: 3000 }, 'OK working'],
  ['behind and catching up', FALLING, {}, 'WARN late'],
  ['behind and falling further behind', GROWING, {}, 'WARN growing'],
  ['behind and keeping pace', '60/10 70/20 80/30 90/40 100/50 110/60 120/70', {}, 'WARN growing'],
  ['the age is not known and it never falls', GROWING, { age: 'unknown' }, 'WARN growing'],
  ['the age is not known and it falls', FALLING, { age: 'unknown' }, 'OK working'],
  ['just below the age of lateness', FALLING, { age: 9999 }, 'OK working'],
  ['at the age of lateness, falling', FALLING, { age: 10_000 }, 'OK working'],
  ['just above the age of lateness', FALLING, { age: 10_001 }, 'WARN late'],
  ['just below the age of lateness, never falling', GROWING, { age: 9999 }, 'OK working'],
  ['at the age of lateness, never falling', GROWING, { age: 10_000 }, 'WARN growing'],
  ['never falling for just less than the window', GROWING, { firstLaterMs: 1 }, 'WARN late'],
  ['never falling for just more than the window', GROWING, { firstLaterMs: -1 }, 'WARN growing'],
  ['empty a reading ago, then one that was old on arrival', '9/9*6 10/9', { age: 300_000 }, 'OK working'],
  ['empty 10 s ago, the same', '9/9*5 10/9*2', { age: 300_000 }, 'OK working'],
  ['empty 15 s ago, the same', '9/9*4 10/9*3', { age: 300_000 }, 'WARN late'],
  ['an effect committed before its mark: below zero', '100/101 100/101', { age: 60_000 }, 'OK idle'],
];

const STALLS: Case[] = [
  ['alive, work waits, none is done', STUCK, {}, 'STALLED no_progress'],
  ['the same on its first event', '0/0 1/0*7', {}, 'STALLED no_progress'],
  ['more comes, none is done', '101/100 105/100 110/100 115/100 120/100 125/100 130/100', {}, 'STALLED no_progress'],
  ['for just less than the window', STUCK, { firstLaterMs: 1 }, 'WARN late'],
  ['for just more than the window', STUCK, { firstLaterMs: -1 }, 'STALLED no_progress'],
  ['one effect in the middle', '105/100*3 105/101*4', {}, 'WARN late'],
  ['one effect long ago', '105/100 105/101*7', {}, 'STALLED no_progress'],
  ['empty 30 s ago', '100/100 101/100*6', {}, 'WARN late'],
  ['a hole between equal readings', '101/100 -*5 101/100', {}, 'STALLED no_progress'],
  ['a hole that it worked in', '105/100 -*5 105/101', {}, 'WARN late'],
  ['too short a window to tell', '101/100*3', { age: 90_000 }, 'WARN late'],
  ['what waited was put aside', '101/100*7 101/100:0', {}, 'OK idle'],
  ['failing and none done', STUCK, failing, 'STALLED no_progress'],
  ['failing, with work done', '101/100 111/110', failing, 'WARN failing'],
  ['failing while nothing waits', '100/100*7', failing, 'WARN failing'],
];

const STOPS: Case[] = [
  ['stalled or stopped: just alive', STUCK, beat(14_999), 'STALLED no_progress'],
  ['stalled or stopped: silent for 15 s', STUCK, beat(15_000), 'STOPPED silent'],
  ['stalled or stopped: silent for longer', STUCK, beat(15_001), 'STOPPED silent'],
  ['nobody owns it and work waits', '101/100*2', nobody, 'STOPPED no_owner'],
  ['it said that it stops, and work waits', '101/100*2', stopped, 'STOPPED stopped'],
  ['it fell silent while failing', STUCK, { owner: { ...failing.owner, aliveMs: 60_000 } }, 'STOPPED silent'],
  [
    'it fell silent while failing, and nothing waits',
    '1/1',
    { owner: { ...failing.owner, aliveMs: 60_000 } },
    'UNKNOWN silent',
  ],
  ['grace: the first reading with work', '100/100*6 101/100', nobody, 'UNKNOWN no_owner'],
  ['grace: just less than a reading', '101/100*2', { ...nobody, firstLaterMs: 1 }, 'UNKNOWN no_owner'],
  ['grace: just more than a reading', '101/100*2', { ...nobody, firstLaterMs: -1 }, 'STOPPED no_owner'],
  ['grace: a handover, the last effect just done', '108/101 109/107', stopped, 'UNKNOWN stopped'],
  ['silent and yet working', '101/100 111/110', silent, 'UNKNOWN silent'],
  ['silent and yet working, late', FALLING, silent, 'WARN late'],
  ['idle and never owned', '100/100*7', nobody, 'UNKNOWN no_owner'],
  ['idle and stopped on purpose', '100/100*7', stopped, 'UNKNOWN stopped'],
  ['idle, two beats missed', '100/100*7', beat(12_000), 'OK idle'],
  ['the sampler died with its owner', '101/100*7', { ...silent, readAgoMs: 600_000 }, 'STOPPED silent'],
];

const REWINDS: Case[] = [
  ['rewound and working', '900/900*4 900/100 900/300 900/500', { age: 9000 }, 'OK working'],
  ['rewound just now', '900/900*6 900/100', { age: 9_000_000 }, 'OK working'],
  ['rewound just now, with work under way', '900/890*6 900/100', { age: 9_000_000 }, 'OK working'],
  ['rewound 15 s ago, and working on it', '900/890*4 900/100 900/200 900/300', { age: 9_000_000 }, 'WARN late'],
  ['rewound, not a window ago, nothing done yet', '900/899*5 900/100*6', { age: 9000 }, 'OK working'],
  ['rewound, and nothing done since for a window', '900/899*5 900/100*7', {}, 'STALLED no_progress'],
  ['both counters start again', '900/900*4 3/3 8/8 9/9', {}, 'OK idle'],
  ['both start again with work under way', '900/890*4 3/2 8/7 9/8', { age: 300 }, 'OK working'],
  ['a restart of the counters gives the grace again', '900/890*4 3/2', { ...nobody, age: 300 }, 'UNKNOWN no_owner'],
];

const FACTS: Case[] = [
  ['a key is parked, else idle', '100/100*7', { blockedKeys: 1 }, 'BLOCKED parked_keys'],
  ['a key is parked, and it is late', FALLING, { blockedKeys: 1 }, 'BLOCKED parked_keys'],
  ['a key is parked, failing', '100/100*7', { ...failing, blockedKeys: 1 }, 'BLOCKED parked_keys'],
  ['a key is parked, and the others stall', STUCK, { blockedKeys: 1 }, 'STALLED no_progress'],
  ['a key is parked, and it is stopped', STUCK, { ...silent, blockedKeys: 1 }, 'STOPPED silent'],
  ['a replay is late', FALLING, replay, 'REPLAY replaying'],
  ['a replay falls behind', GROWING, replay, 'REPLAY replaying'],
  ['a replay of which all is done', FALLING, { replay: { done: 100, total: 100 } }, 'WARN late'],
  ['a replay but for the last one', FALLING, { replay: { done: 99, total: 100 } }, 'REPLAY replaying'],
  ['a replay hangs', STUCK, replay, 'STALLED no_progress'],
  ['a replay fails', FALLING, { ...replay, ...failing }, 'WARN failing'],
  ['a replay with a parked key', FALLING, { ...replay, blockedKeys: 2 }, 'BLOCKED parked_keys'],
  ['paused, work waits', STUCK, paused, 'PAUSED paused'],
  ['paused, its worker away', STUCK, { ...paused, ...silent }, 'PAUSED paused'],
  ['paused in a replay, a key parked', STUCK, { ...paused, ...replay, blockedKeys: 1 }, 'PAUSED paused'],
  ['paused before the first reading', '', paused, 'PAUSED paused'],
  ['lost, idle', '100/100*7', { isLost: true }, 'LOST epoch_differs'],
  ['lost while paused', STUCK, { ...paused, isLost: true }, 'LOST epoch_differs'],
  ['lost, its worker away', STUCK, { ...silent, isLost: true }, 'LOST epoch_differs'],
  ['unreadable, and all else bad', STUCK, { ...silent, isLost: true, isReadable: false }, 'UNKNOWN unreadable'],
  ['unreadable, and all else well', '0/0*7', { isReadable: false }, 'UNKNOWN unreadable'],
  ['no reading yet', '', {}, 'UNKNOWN no_samples'],
  ['no reading yet, nobody there', '', nobody, 'UNKNOWN no_samples'],
  ['one reading, idle', '100/100', {}, 'OK idle'],
  ['one reading, one event', '101/100', {}, 'OK working'],
  ['the newest reading is just fresh', '100/100*7', { readAgoMs: 14_999 }, 'OK idle'],
  ['the newest reading is 15 s old', '100/100*7', { readAgoMs: 15_000 }, 'UNKNOWN stale'],
  ['the newest reading is older', '100/100*7', { readAgoMs: 15_001 }, 'UNKNOWN stale'],
  ['stale readings do not stall', STUCK, { readAgoMs: 60_000 }, 'UNKNOWN stale'],
];

const RELAY: Case[] = [
  ['nothing to publish', '100/100*7', {}, 'OK idle'],
  ['publishing', '101/100 111/110 121/120', { age: 300 }, 'OK working'],
  ['Redis is out of memory, for a moment', '101/100 111/110', failing, 'WARN failing'],
  ['Redis is out of memory, for long', STUCK, failing, 'STALLED no_progress'],
  ['no leader, events wait', STUCK, nobody, 'STOPPED no_owner'],
  ['the leader changes', '101/100 111/110', stopped, 'UNKNOWN stopped'],
  ['catching up after an outage', FALLING, {}, 'WARN late'],
  ['it builds the stream again', FALLING, { isLost: true }, 'LOST epoch_differs'],
  ['the outbox cannot be read', '0/0*7', { isReadable: false }, 'UNKNOWN unreadable'],
];

for (const [title, judge, cases] of [
  ["Burrow's published faults", judgeGroup, BURROW],
  ['a group at work', judgeGroup, WORK],
  ['a group that does not get on', judgeGroup, STALLS],
  ['a group without an owner', judgeGroup, STOPS],
  ['a group that was rewound', judgeGroup, REWINDS],
  ['a group with present facts', judgeGroup, FACTS],
  ['the relay', judgeRelay, RELAY],
] as const)
  describe(`the status of ${title}`, () => {
    for (const [name, window, said, expected] of cases)
      it(`is ${expected}: ${name}`, () => {
        const { status, reason } = judge(factsOf(window, said));

        assert.equal(`${status} ${reason}`, expected);
      });
  });

describe('the detail of a status', () => {
  const detailOf = (window: string, said: Said) => judgeGroup(factsOf(window, said)).detail;

  it('says what is behind it, where something is', () => {
    assert.deepEqual(detailOf(STUCK, paused), { by: 'ana', since: NOW });
    assert.deepEqual(detailOf(FALLING, replay), { done: 40, total: 100 });
    assert.deepEqual(detailOf('1/1', { blockedKeys: 3 }), { keys: 3 });
    for (const aliveMs of [2000, 60_000])
      assert.deepEqual(detailOf(STUCK, { owner: { ...failing.owner, aliveMs } }), { error: 'disk full' });
    assert.deepEqual(detailOf('1/1', failing), { error: 'disk full' });
  });

  it('is not there where nothing is, nor of what did not decide', () => {
    assert.ok(!('detail' in judgeGroup(factsOf(STUCK))));
    assert.equal(detailOf(STUCK, { ...failing, isReadable: false }), undefined);
    assert.equal(detailOf('1/1', { ...failing, isLost: true, ...paused }), undefined);
  });
});

describe('a status over time', () => {
  it('is STOPPED from the second reading with work after a worker died, and stays so while the backlog rises', () => {
    const history = windowOf('0/0*4 3/0 6/0 9/0 12/0 15/0 18/0 21/0 24/0');
    const told = history.map(({ at }, index) => {
      const owner = { aliveMs: index * 5000, state: 'ok' } as const;
      return judgeGroup({ ...factsOf(''), window: history.slice(0, index + 1), now: at, owner }).status;
    });

    assert.deepEqual(told, ['OK', 'OK', 'OK', 'UNKNOWN', 'UNKNOWN', ...Array.from({ length: 7 }, () => 'STOPPED')]);
  });
});

describe('worstOf', () => {
  it('lets the gravest status speak for all', () => {
    const rising = ['OK', 'REPLAY', 'PAUSED', 'UNKNOWN', 'WARN', 'BLOCKED', 'STALLED', 'STOPPED', 'LOST'] as const;
    for (const [index, status] of rising.entries()) {
      assert.equal(worstOf(...rising.slice(0, index + 1)), status);
      assert.equal(worstOf(...rising.slice(0, index + 1).toReversed()), status);
    }
  });

  it('does not call nothing well', () => {
    assert.equal(worstOf(), 'UNKNOWN');
  });
});
