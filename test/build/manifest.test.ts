/** The app's manifest names files that are there, as large as it says, and nothing from the root of the site. */
import { expect, it } from 'vitest';
import { readFolder, textOf } from './built-files';

interface NamedImage {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
}

const files = readFolder('dist');
const manifest = JSON.parse(textOf(files, 'manifest.webmanifest')) as {
  readonly icons: readonly (NamedImage & { readonly purpose?: string })[];
  readonly screenshots: readonly NamedImage[];
  readonly shortcuts: readonly { readonly url: string; readonly icons: readonly NamedImage[] }[];
  readonly file_handlers: readonly { readonly action: string; readonly icons: readonly NamedImage[] }[];
  readonly share_target: { readonly action: string };
  readonly start_url: string;
  readonly scope: string;
};

const images = [
  ...manifest.icons,
  ...manifest.screenshots,
  ...[...manifest.shortcuts, ...manifest.file_handlers].flatMap(({ icons }) => icons),
];

it.each(images)('$src is there, and $sizes', ({ src, sizes, type }) => {
  const bytes = files.get(src.replace('./', ''));
  expect(bytes).toBeDefined();
  if (type === 'image/png') expect(sizeOf(bytes!)).toBe(sizes);
});

it('the page links to it', () => {
  expect(textOf(files, 'index.html')).toMatch(/<link rel="manifest" href="\.\/manifest\.webmanifest"/);
});

it('icons are there in the sizes that browsers ask for, and one that may be cut to any shape', () => {
  const plain = manifest.icons.filter(({ purpose }) => purpose === undefined).map(({ sizes }) => sizes);
  expect(plain).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
});

it('every address is relative, so that the app works under a sub-path', () => {
  const { shortcuts, file_handlers, share_target, start_url, scope } = manifest;
  const addresses = [
    start_url,
    scope,
    share_target.action,
    ...shortcuts.map(({ url }) => url),
    ...file_handlers.map(({ action }) => action),
    ...images.map(({ src }) => src),
  ];
  expect(addresses.filter((address) => !address.startsWith('./'))).toEqual([]);
});

/** https://www.w3.org/TR/png-3/#11IHDR */
function sizeOf(png: Buffer): string {
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}
