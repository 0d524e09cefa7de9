import type { Translate } from '#platform/http/i18n.ts';

/** Parts of the platform that act by themselves and that people meet by name; they are written down in English. */
const SYSTEM_ACTORS = new Map([['local set-up', 'frame:actor_local_set_up']]);

/** Whoever was at a shell is known by the account they used there, which stays as it is. */
const AT_COMMAND_LINE = /^command line \((.*)\)$/;

/** Who did something, in the reader's words. People and tokens keep the names they have. */
export function actorName(label: string, t: Translate): string {
  const account = AT_COMMAND_LINE.exec(label)?.[1];
  if (account !== undefined) return t('frame:actor_command_line', { account });
  const key = SYSTEM_ACTORS.get(label);
  return key === undefined ? label : t(key);
}
