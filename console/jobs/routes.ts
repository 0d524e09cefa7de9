import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { cancelJob, downloadOutput, followJob, listAllJobs, retry, showJob, showProgress } from './handlers.ts';

export const jobRoutes: Route<ConsoleContext>[] = [
  get('/jobs', role('viewer'), listAllJobs),
  get('/jobs/:id', role('viewer'), showJob),
  get('/jobs/:id/progress', role('viewer'), showProgress),
  get('/jobs/:id/live', role('viewer'), followJob),
  get('/jobs/:id/output', role('viewer'), downloadOutput),
  post('/jobs/:id/cancellation', role('on_call'), cancelJob),
  post('/jobs/:id/retries', role('on_call'), retry),
];
