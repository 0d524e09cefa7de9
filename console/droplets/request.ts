import type { Request } from 'express';

/** The name of the droplet that the address is about. */
export const nameOf = (req: Request) => String(req.params.name);
