import type { Translate } from '#platform/http/i18n.ts';

/** Parts of the platform that act by themselves and that people meet by name; they are written down in English. */
const SYSTEM_ACTORS = new Map([['local set-up', 'frame:actor_local_set_up']]);

/** Who did something, in the reader's words. People and tokens keep the names they have. */
export function actorName(label: string, t: Translate): string {
  const key = SYSTEM_ACTORS.get(label);
  return key === undefined ? label : t(key);
}
