import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { compareKey, enrol, newMachine } from './enrolment.ts';
import { followInventory, followMachine, listMachines, showInventory, showMachine, showState } from './handlers.ts';
import { abandonRotation, beginRotation, finishRotation, verifyRotation } from './keys.ts';
import { confirmRetirement, retire } from './retirement.ts';
import { createRun, newRun } from './runs.ts';

/** `new`, `live` and `figures` are no names of droplets. */
export const dropletRoutes: Route<ConsoleContext>[] = [
  get('/droplets', role('viewer'), listMachines),
  get('/droplets/figures', role('viewer'), showInventory),
  get('/droplets/live', role('viewer'), followInventory),
  get('/droplets/new', role('admin'), newMachine),
  post('/droplets/new', role('admin'), compareKey),
  post('/droplets', role('admin'), enrol),
  get('/droplets/:name', role('viewer'), showMachine),
  get('/droplets/:name/state', role('viewer'), showState),
  get('/droplets/:name/live', role('viewer'), followMachine),
  get('/droplets/:name/runs/new', role('on_call'), newRun),
  post('/droplets/:name/runs', role('on_call'), createRun),
  post('/droplets/:name/key-rotation', role('admin'), beginRotation),
  post('/droplets/:name/key-rotation/verification', role('admin'), verifyRotation),
  post('/droplets/:name/key-rotation/completion', role('admin'), finishRotation),
  post('/droplets/:name/key-rotation/abandonment', role('admin'), abandonRotation),
  get('/droplets/:name/retirement', role('admin'), confirmRetirement),
  post('/droplets/:name/retirement', role('admin'), retire),
];
