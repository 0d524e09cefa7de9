import type { Command } from '#domain/events/index.ts';

const LOOKS = { waiting: 'running', done: 'ok', refused: 'blocked' } as const;

/** Commands as their list shows them. */
export function toCommandRows(commands: readonly Command[]) {
  return commands.map((command) => ({ ...command, status: LOOKS[command.state] }));
}
