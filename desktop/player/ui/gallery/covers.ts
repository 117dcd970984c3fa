const real = import.meta.glob<string>('../../../../titles/covers/*.{jpg,png}', {
  eager: true,
  query: '?url',
  import: 'default',
});

/** The title's own cover where the checkout has it, else a plain drawing in its place. */
export function coverOf(titleId: string, name: string): string {
  const found = Object.entries(real).find(([path]) => path.includes(`/${titleId}.`));
  return found?.[1] ?? drawn(name);
}

function drawn(name: string): string {
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0) * 37, 0) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">
    <defs>
      <linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue} 55% 42%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 60% 14%)"/></linearGradient>
      <radialGradient id="sun"><stop stop-color="hsl(${(hue + 60) % 360} 90% 78%)"/><stop offset="1" stop-color="hsl(${hue} 60% 45%)" stop-opacity="0"/></radialGradient>
    </defs>
    <rect width="1280" height="720" fill="url(#sky)"/>
    <circle cx="940" cy="250" r="330" fill="url(#sun)"/>
    <path d="M0 560 220 400 400 520 640 330 900 540 1060 440 1280 580V720H0z" fill="hsl(${hue} 50% 16%)"/>
    <path d="M0 640 300 560 640 650 960 590 1280 660V720H0z" fill="hsl(${hue} 55% 9%)"/>
    <text x="72" y="150" font-family="Inter Variable, sans-serif" font-size="104" font-weight="800" letter-spacing="-4" fill="#fff" fill-opacity=".92">${name}</text>
  </svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
