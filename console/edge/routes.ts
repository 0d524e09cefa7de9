import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { adopt } from './drift/adoptions.ts';
import { listAllFindings, listFindings, showFinding } from './drift/handlers.ts';
import { confirmRestores, restore } from './drift/restores.ts';
import { followEdges, listStores, showCards, showEdges } from './handlers.ts';
import { publish, showPlan } from './publications/handlers.ts';
import { listEdgeReloads, reload } from './reloads/handlers.ts';
import { listPublished, showRevision } from './revisions/handlers.ts';
import { rollBackEdges, planEdges } from './rollbacks/edges.ts';
import { planStore, rollBackStore } from './rollbacks/store.ts';

/** An edge's name comes first, so that one called `revisions` or `drift` has its pages too; a number is never a name. */
export const edgeRoutes: Route<ConsoleContext>[] = [
  get('/edge', role('viewer'), showEdges),
  get('/edge/cards', role('viewer'), showCards),
  get('/edge/live', role('viewer'), followEdges),
  get('/edge/stores', role('viewer'), listStores),
  get('/edge/drift', role('viewer'), listAllFindings),
  get('/edge/plan', role('viewer'), showPlan),
  post('/edge/publications', role('on_call'), publish),
  get('/edge/rollbacks', role('viewer'), planEdges),
  post('/edge/rollbacks', role('operator'), rollBackEdges),
  get('/edge/revisions', role('viewer'), listPublished),

  get('/edge/:droplet/drift', role('viewer'), listFindings),
  get('/edge/:droplet/drift/:kind/:name', role('viewer'), showFinding),
  get('/edge/:droplet/restores', role('on_call'), confirmRestores),
  post('/edge/:droplet/restores', role('on_call'), restore),
  post('/edge/:droplet/adoptions', role('operator'), adopt),
  get('/edge/:droplet/reloads', role('viewer'), listEdgeReloads),
  post('/edge/:droplet/reloads', role('on_call'), reload),

  get('/edge/revisions/:number', role('viewer'), showRevision),
  get('/edge/revisions/:number/rollbacks', role('viewer'), planStore),
  post('/edge/revisions/:number/rollbacks', role('operator'), rollBackStore),
];
