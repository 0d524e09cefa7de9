import { runOnce } from '#platform/process.ts';
import { main } from './main.ts';

await runOnce(async () => {
  process.exitCode = await main(process.argv.slice(2));
});
