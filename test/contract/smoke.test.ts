import { expect, test } from 'vitest';
test('chromium', () => { expect(navigator.userAgent).toContain('Chrome'); console.log('isolated', crossOriginIsolated) });
