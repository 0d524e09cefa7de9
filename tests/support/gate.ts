import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** A place in a program of bash where it waits until a test has done something to it. */
export type Gate = {
  /** Defines `reach`, which the program calls at that place; once the gate is open it lets everybody pass. */
  lines: string;
  /** Waits until somebody is there. */
  reached(): Promise<void>;
  open(): Promise<void>;
  /** Shut again, as if nobody had ever been there. */
  shut(): Promise<void>;
};

/** A gate that is shut, with its marks in `dir`. */
export function makeGate(dir: string): Gate {
  const [reached, open] = [join(dir, 'gate-reached'), join(dir, 'gate-open')];
  return {
    lines: `reach() { : >'${reached}'; while [[ ! -e '${open}' ]]; do command sleep 0.02; done; }\n`,
    async reached() {
      await eventually(() => existsSync(reached));
    },
    open: () => writeFile(open, ''),
    async shut() {
      await Promise.all([reached, open].map((mark) => rm(mark, { force: true })));
    },
  };
}
