export { hostKeyAlert } from './alerts.ts';
export { enrolCompared } from './enrolment.ts';
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
export type { KnownKey } from './keys/types.ts';
export { getDroplet, listDroplets, listEdges } from './listings.ts';
export { recordConnections } from './looks/connections.ts';
export { findFacts, listConnections, listSamples } from './looks/listings.ts';
export { lookAtDroplets } from './looks/look.ts';
export { nextToExpire } from './policy.ts';
export { requestRun, runVerb } from './runs/service.ts';
export { dropletFields, enrolDroplet, retireDroplet, type Enrolment } from './service.ts';
export { DROPLET_ROLES, type Droplet, type DropletRole, type DropletStatus, type Edge } from './types.ts';
