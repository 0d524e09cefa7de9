import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { layoutOf, ROOT } from './layout.ts';

const layout = layoutOf(join(ROOT, '.local'));

// Stripping types costs more than everything else here; what is imported after this line is stripped once.
enableCompileCache(layout.compileCache);
const { runLocalStack } = await import('./foreground.ts');
process.exitCode = await runLocalStack(layout);
