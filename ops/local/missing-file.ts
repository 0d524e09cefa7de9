/** For `.catch(isMissing)`: a file that is not there reads as undefined, any other failure still throws. */
export function isMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
