export { hostKeyAlert } from './alerts.ts';
export { checkDroplet } from './checklist.ts';
export { askForHostKey, enrolCompared } from './enrolment.ts';
export { runOnDroplet, type DropletContext } from './health.ts';
export { readDroplet, readInventory, type DropletReport, type InventoryLine } from './inventory.ts';
export { findKey, findRotation } from './keys/listings.ts';
export { abandonKeyRotation, beginKeyRotation, finishKeyRotation, verifyKeyRotation } from './keys/rotation.ts';
export {
  deleteOldKey,
  deleteUnusedKey,
  makeKey,
  switchKey,
  switchKeyBack,
  tellKeys,
  unmakeKey,
  useKey,
  verifyKey,
  type KeyContext,
} from './keys/steps.ts';
export type { KeyRotation, KnownKey } from './keys/types.ts';
export { findDroplet, findEdge, getDroplet, listDroplets, listEdges } from './listings.ts';
export { forgetConnections, recordConnections } from './looks/connections.ts';
export { findFacts, listConnections, listFacts, listSamples } from './looks/listings.ts';
export { lookAtDroplets } from './looks/look.ts';
export type { Connection, DropletFacts, Sample } from './looks/types.ts';
export { daysLeft, nextToExpire, type DropletReason } from './policy.ts';
export { requestRun, runVerb } from './runs/service.ts';
export { fieldsOf, isVerb, verbsOf, type VerbName } from './runs/verbs.ts';
export { dropletFields, enrolDroplet, parseMachine, retireDroplet, type Enrolment } from './service.ts';
export { DROPLET_ROLES, type Droplet, type DropletRole, type DropletStatus, type Edge } from './types.ts';
