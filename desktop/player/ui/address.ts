/** The title a path launches: `/play/<title>`; undefined for every other page. */
export function titleInAddress(path: string): string | undefined {
  return /^\/play\/([^/]+)\/?$/.exec(path)?.[1];
}

/** Address of the page that plays a title. */
export const playAddress = (titleId: string): string => `/play/${titleId}`;
