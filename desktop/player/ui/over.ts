const KEY = 'kilat.over';

/** The title whose summary this tab shows; a browser that keeps nothing shows none after a reload. */
export function markOver(titleId: string): void {
  try {
    sessionStorage.setItem(KEY, titleId);
  } catch {
    // See above.
  }
}

export function forgetOver(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

/** Whether this page is the reload of a title's summary: nobody asked for another game. */
export function isReloadOfSummary(titleId: string): boolean {
  try {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return navigation?.type === 'reload' && sessionStorage.getItem(KEY) === titleId;
  } catch {
    return false;
  }
}
