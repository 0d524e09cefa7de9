import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { toError } from '#platform/errors.ts';
import type { Measure } from './measure.ts';
import { table } from './measure.ts';

type Benchmark = () => Promise<{ run(say: (line: string) => void): Promise<Measure[]> }>;

/** Every benchmark by name: what `npm run bench -- <name>` runs. */
const BENCHMARKS: Record<string, Benchmark> = {
  foundation: () => import('./foundation/index.ts'),
  edge: () => import('./edge/index.ts'),
  events: () => import('./events/index.ts'),
  streams: () => import('./streams/index.ts'),
};

const USAGE = `usage: npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [--json FILE]

  --json FILE  write the figures there as well
  --help       show this
`;

const { help, json, load } = readArguments();
if (help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (!load) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const benchmark = await load();
const measures = await benchmark.run((line) => console.error(line));
console.log(table(measures));
if (json) await writeFile(json, `${JSON.stringify(measures, null, 2)}\n`);

function readArguments(): { help?: boolean; json?: string; load?: Benchmark } {
  const options = { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const load = positionals.length === 1 ? BENCHMARKS[positionals[0]!] : undefined;
    return { ...values, ...(load && { load }) };
  } catch (error) {
    process.stderr.write(`${toError(error).message}\n\n`);
    return {};
  }
}
