/** True at the first call and then once in `ms`. */
export function every(ms: number): () => boolean {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
