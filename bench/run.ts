import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Measure } from './measure.ts';
import { table } from './measure.ts';

/** Every benchmark by name: what `npm run bench -- <name>` runs. */
const BENCHMARKS: Record<string, () => Promise<{ run(say: (line: string) => void): Promise<Measure[]> }>> = {
  foundation: () => import('./foundation/index.ts'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const load = BENCHMARKS[positionals[0] ?? ''];
if (!load || positionals.length !== 1) {
  console.error(`usage: npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [--json FILE]`);
  process.exit(2);
}
const benchmark = await load();
const measures = await benchmark.run((line) => console.error(line));
console.log(table(measures));
if (values.json) await writeFile(values.json, `${JSON.stringify(measures, null, 2)}\n`);
