import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VIEWS = fileURLToPath(new URL('../../views/', import.meta.url));

export type Template = {
  /** Below views/, like `console/overview/_tile.ejs`. */
  name: string;
  path: string;
  source: string;
  /** What its first line says it takes. */
  declared: string[];
};

/** Every template of the repository. */
export function readTemplates(): Template[] {
  return readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ejs'))
    .sort()
    .map((name) => {
      const path = VIEWS + name;
      const source = readFileSync(path, 'utf8');
      return { name, path, source, declared: declaredIn(source) };
    });
}

/** `<%# locals: tile {id, title}, reason (or nothing); what it is for %>` declares tile and reason. */
function declaredIn(source: string): string[] {
  let text = /^<%#\s*locals:([\s\S]*?)%>/.exec(source)?.[1] ?? '';
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(/\([^()]*\)|\{[^{}]*\}/g, '');
  }
  const [names] = text.split(';') as [string];
  return names
    .split(',')
    .map((name) => name.trim().split(/\s/)[0]!)
    .filter(Boolean);
}
