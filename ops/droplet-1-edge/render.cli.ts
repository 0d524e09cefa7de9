import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ZodError } from 'zod';
import { renderEdge } from './render.ts';
import { edgeSettingsFromEnv, variableOf } from './droplet-env.ts';

const USAGE = 'usage: node ops/droplet-1-edge/render.cli.ts <env file>';

/** On the droplet: fills the nginx templates in from the env file. Says every bad variable at once; exit 78 then. */
async function main(envFile: string | undefined): Promise<number> {
  if (envFile === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 64;
  }
  try {
    const { edgeDir } = await renderEdge(edgeSettingsFromEnv(parseEnv(await readFile(envFile, 'utf8'))));
    process.stdout.write(`rendered conf, conf-staged and pages in ${edgeDir}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    for (const issue of error.issues) process.stderr.write(`${variableOf(issue.path)}: ${issue.message}\n`);
    return 78;
  }
}

process.exitCode = await main(process.argv[2]);
