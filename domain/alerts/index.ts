export { listDeliveries, listEndedAlerts, listOpenAlerts, type Alert, type ToldDelivery } from './listings.ts';
export { acknowledgeAlert, endMute, listMutes, muteAlerts, type Mute, type MuteInput } from './mutes.ts';
export type { DueDelivery } from './notice-queries.ts';
export { deliverNotices, forgetOldAlerts, sendTest, type Senders } from './notices.ts';
export { openAlert, resolveAlert, resolveAlerts } from './service.ts';
export { watchConditions, type Condition } from './watch.ts';
