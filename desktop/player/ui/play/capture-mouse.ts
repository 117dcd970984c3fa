/** Gives the mouse back to the game after the menu, so that it takes no further click; a browser that refuses waits for one. */
export async function captureMouse(): Promise<void> {
  const stage = document.getElementById('stage');
  // Not every system has raw movement; older browsers return no promise.
  const capture = (options?: PointerLockOptions) => Promise.resolve(stage?.requestPointerLock(options));
  await capture({ unadjustedMovement: true }).catch(() => capture().catch(() => undefined));
}
