import type { Command } from './command.ts';

/** All commands, or those of one noun. */
export function overviewOf(commands: readonly Command[]): string {
  const lines = commands.map((it) => [`  bc ${nameOf(it)}`, it.summary] as const);
  return ['Usage: npm run bc -- <noun> <verb> [options]', '', ...columns(lines), '', ...FOOT].join('\n');
}

/** One command and its options. */
export function helpOf(command: Command): string {
  const { options, positional } = command;
  const lines = Object.entries(options).map(
    ([name, { value, short, help }]) =>
      [`  ${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`, help] as const,
  );
  const first = positional === undefined ? '' : ` [${options[positional]!.value}]`;
  return [
    `Usage: npm run bc -- ${nameOf(command)}${first} [options]`,
    '',
    command.summary,
    '',
    ...columns([...lines, ['  --json', 'Answer as one JSON document.'], ['  --help', 'Show this.']]),
    '',
    ...FOOT,
  ].join('\n');
}

const FOOT = [
  'Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 69 the database does not answer, 78 configuration.',
];

function nameOf({ noun, verb }: Command): string {
  return verb === undefined ? noun : `${noun} ${verb}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right);
}
