export { hostKeyAlert, lookAtDroplets, runOnDroplet, type DropletContext } from './health.ts';
export { findEdge, listDroplets, listEdges } from './listings.ts';
export { dropletFields, enrolDroplet, type Enrolment } from './service.ts';
export { DROPLET_ROLES, type Droplet, type DropletRole, type DropletStatus, type Edge } from './types.ts';
