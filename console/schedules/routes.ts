import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import {
  confirmDeletion,
  create,
  edit,
  listAll,
  newSchedule,
  pause,
  previewTimes,
  remove,
  resume,
  runNow,
  save,
  show,
} from './handlers.ts';

export const scheduleRoutes: Route<ConsoleContext>[] = [
  get('/schedules', role('viewer'), listAll),
  get('/schedules/new', role('operator'), newSchedule),
  get('/schedules/preview', role('operator'), previewTimes),
  post('/schedules', role('operator'), create),
  get('/schedules/:id', role('viewer'), show),
  get('/schedules/:id/edit', role('operator'), edit),
  post('/schedules/:id/edit', role('operator'), save),
  post('/schedules/:id/pause', role('on_call'), pause),
  post('/schedules/:id/resumption', role('on_call'), resume),
  post('/schedules/:id/runs', role('on_call'), runNow),
  get('/schedules/:id/deletion', role('operator'), confirmDeletion),
  post('/schedules/:id/deletion', role('operator'), remove),
];
