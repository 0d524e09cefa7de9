import type { SourceFile } from './source-tree.ts';

/** One law of the tree: says why `file` breaks it, or nothing. */
type Rule = { name: string; breach(file: SourceFile): string | undefined };

const PROCESSES = ['console', 'tenant-app', 'workers'];
const layerOf = (path: string) => path.split('/')[0]!;

/** The feature a domain file belongs to: `domain/tenants`, or `domain/construction/quotes` one level deeper. */
function featureOf(path: string): string | undefined {
  const [layer, first, second] = path.split('/');
  if (layer !== 'domain' || first === undefined) return undefined;
  const nested = (first === 'construction' || first === 'engines') && second !== undefined && !second.endsWith('.ts');
  return nested ? `domain/${first}/${second}` : `domain/${first}`;
}

/** `domain/construction/quotes` may use what lies in `domain/construction` itself: it is of the same family. */
const isOwnGroup = (path: string, feature: string) => path.startsWith(`${feature}/`);

/** Packages that only some paths may use; everything else is told where the mechanism lives. */
const PACKAGE_HOMES: Record<string, RegExp> = {
  'package:knex': /^(platform\/db\/|platform\/jobs\/|migrations\/)|\/(queries|listings)\.ts$/,
  'package:pg':
    /^(platform\/db\/|platform\/jobs\/|platform\/auth\/throttle\.ts|migrations\/|ops\/local\/|bench\/)|\/(queries|listings)\.ts$/,
  'package:graphile-worker': /^(platform\/jobs\/|workers\/ops|bench\/)/,
  'package:bullmq': /^bench\/events\/peers\//,
  'package:pg-boss': /^bench\/events\/peers\//,
  'package:ioredis': /^(platform\/redis\/|bench\/)/,
  'package:ssh2': /^platform\/ssh\//,
  'package:express': /^(console|tenant-app|platform\/http)\//,
};

const firstBreach = (file: SourceFile, test: (target: string) => string | undefined) =>
  file.imports.map(test).find((reason) => reason !== undefined);

export const RULES: Rule[] = [
  {
    name: 'imports point down only: processes → domain → platform',
    breach: (file) =>
      firstBreach(file, (target) => {
        const above: Record<string, string[]> = { platform: ['domain', ...PROCESSES], domain: PROCESSES };
        return above[layerOf(file.path)]?.includes(layerOf(target)) ? `imports ${target}` : undefined;
      }),
  },
  {
    name: 'the three processes never import each other',
    breach: (file) =>
      firstBreach(file, (target) => {
        const [from, to] = [layerOf(file.path), layerOf(target)];
        return PROCESSES.includes(from) && PROCESSES.includes(to) && from !== to ? `imports ${target}` : undefined;
      }),
  },
  {
    name: 'nothing that ships imports tests, bench or ops',
    breach: (file) =>
      firstBreach(file, (target) =>
        ['platform', 'domain', ...PROCESSES].includes(layerOf(file.path)) &&
        ['tests', 'bench', 'ops'].includes(layerOf(target))
          ? `imports ${target}`
          : undefined,
      ),
  },
  {
    name: 'a domain feature is entered only through its index.ts',
    breach: (file) =>
      firstBreach(file, (target) => {
        const feature = featureOf(target);
        if (feature === undefined || feature === featureOf(file.path) || isOwnGroup(file.path, feature))
          return undefined;
        const door = target === `${feature}/index.ts` || target === `${feature}.ts` || feature.endsWith('.ts');
        return door ? undefined : `reaches into ${target}`;
      }),
  },
  {
    name: 'construction and engines know each other only by events',
    breach: (file) =>
      firstBreach(file, (target) => {
        const sides = [file.path, target].map((path) => /^domain\/(construction|engines)\//.exec(path)?.[1]);
        return sides[0] && sides[1] && sides[0] !== sides[1] ? `imports ${target}` : undefined;
      }),
  },
  {
    name: 'each mechanism has one home',
    breach: (file) =>
      firstBreach(file, (target) => {
        const home = PACKAGE_HOMES[target];
        return home && !home.test(file.path) ? `uses ${target}` : undefined;
      }),
  },
  {
    name: 'no process loads undici by importing node:http',
    breach: (file) =>
      ['platform', 'domain', ...PROCESSES].includes(layerOf(file.path)) &&
      /^import (?!type\b)[^;]*'node:https?'/m.test(file.text)
        ? 'imports node:http; platform/http/node-http.ts says what that costs'
        : undefined,
  },
  {
    name: 'only platform/config reads the environment',
    breach: (file) =>
      /\bprocess\.env\b/.test(file.text) && !/^(platform\/config|ops\/local|bench)\//.test(file.path)
        ? 'reads process.env'
        : undefined,
  },
  {
    name: 'migrations import nothing of ours',
    breach: (file) =>
      file.path.startsWith('migrations/')
        ? firstBreach(file, (target) => (target === 'package:knex' ? undefined : `imports ${target}`))
        : undefined,
  },
  {
    name: 'no grab-bag names',
    breach: (file) =>
      /(^|\/)(utils?|helpers?|common|misc|manager)(\.ts|\/|-)|-(utils?|helpers?|manager)\.ts$/.test(file.path)
        ? 'has a grab-bag name'
        : undefined,
  },
  {
    name: 'files stay under 300 lines',
    breach: (file) => {
      const lines = file.text.split('\n').length - 1;
      return lines > 300 ? `has ${lines} lines` : undefined;
    },
  },
];

/** Import cycles between domain features, each as `a → b → a`. */
export function featureCycles(files: SourceFile[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    const from = featureOf(file.path);
    if (from === undefined) continue;
    for (const target of file.imports) {
      const to = featureOf(target);
      if (to !== undefined && to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]) => {
    const seenAt = trail.indexOf(node);
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), node].join(' → '));
    if (seenAt >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return cycles;
}
