export { freePort } from '#ops/local/ports.ts';
