/** Draws the app's icons from `public/icon.svg`: `npm run icons`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, installChromium } from '../chromium';

const PUBLIC_DIR = join(import.meta.dirname, '..', '..', 'public');
const OUT_DIR = join(PUBLIC_DIR, 'icons');

const logo = readFileSync(join(PUBLIC_DIR, 'icon.svg'), 'utf8');
const [, ground = '', glyph = ''] = /(<rect[^>]*>)(.*)<\/svg>/s.exec(logo) ?? [];
if (!glyph) throw new Error('public/icon.svg is no longer a rectangle with a glyph on it');

const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${content}</svg>`;
/** The system cuts a maskable icon to any shape within its inner 80 %: https://www.w3.org/TR/appmanifest/#icon-masks */
const maskable = svg(
  `${ground.replace(/ rx="\d+"/, '')}<g transform="translate(3.6 3.6) scale(0.7)">${glyph}</g>`,
);

const ICONS: readonly (readonly [name: string, sizePx: number, svg: string])[] = [
  ['icon-192', 192, logo],
  ['icon-512', 512, logo],
  ['maskable-icon-512', 512, maskable],
  // Of a notification's badge, and of a monochrome icon, the system takes the shape alone.
  ['badge-icon-96', 96, svg(glyph)],
];

mkdirSync(OUT_DIR, { recursive: true });
const browser = await chromium.launch({ executablePath: installChromium(), args: CHROMIUM_ARGS });
for (const [name, size, content] of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<body style="margin:0">${content.replace('<svg', `<svg width="${size}" height="${size}"`)}`,
  );
  writeFileSync(join(OUT_DIR, `${name}.png`), await page.screenshot({ omitBackground: true }));
  await page.close();
  console.log(`public/icons/${name}.png`);
}
await browser.close();
