/**
 * For a file that must not outlive the demo: the function returned removes it. So does the end of the process, whichever
 * comes first, because whoever presses Ctrl-C twice waits for nothing.
 */
export function removedAtExit(remove: () => void): () => Promise<void> {
  process.once('exit', remove);
  return async () => {
    process.off('exit', remove);
    remove();
  };
}
