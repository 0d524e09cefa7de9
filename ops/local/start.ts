import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { layoutOf, ROOT } from './layout.ts';

// Read here and not from the settings: the cache must be on before anything that reads settings is imported.
const layout = layoutOf(resolve(process.env.LOCAL_DIR || join(ROOT, '.local')));

// Stripping types costs more than everything else here; what is imported after this line is stripped once.
enableCompileCache(layout.compileCache);
const { runLocalStack } = await import('./foreground.ts');
process.exitCode = await runLocalStack(layout);
