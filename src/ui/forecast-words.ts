/** What may be expected of a model here, and what was measured of this device, in words. */
import type { ModelsState } from '../kernel/app-state';
import type { Forecast } from '../kernel/passport';
import { dayText, sizeText } from './words';

/** People read some five tokens a second. */
const READING = { slow: 3, quick: 8 } as const;

/** `About 12 tokens a second here, faster than one reads · about 3 min to download`; empty where nothing is known. */
export function forecastText({ tokensPerSecond, isTight, ...download }: Forecast): string {
  return [
    tokensPerSecond === undefined
      ? ''
      : `about ${speedText(tokensPerSecond)} here, ${readingText(tokensPerSecond)}`,
    downloadText(download),
    isTight ? 'may need more memory than this device gives a page' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `about 3 min to download`. */
export function downloadText({ downloadSeconds, isOwnRate }: Forecast): string {
  if (downloadSeconds === undefined) return '';
  return `about ${spanText(downloadSeconds)} to download${isOwnRate ? '' : ', if it comes as fast as other files did'}`;
}

/** `12 tokens a second`. */
function speedText(tokensPerSecond: number): string {
  const rounded = tokensPerSecond < 9.95 ? tokensPerSecond.toFixed(1) : String(Math.round(tokensPerSecond));
  return `${rounded} tokens a second`;
}

function readingText(tokensPerSecond: number): string {
  if (tokensPerSecond < READING.slow) return 'slower than one reads';
  return tokensPerSecond < READING.quick ? 'about as fast as one reads' : 'faster than one reads';
}

/** `40 s`, `3 min`, `1.5 h`: rounded, since it is a guess. */
export function spanText(seconds: number): string {
  if (seconds < 9.5) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 87.5) return `${Math.round(seconds / 5) * 5} s`;
  if (seconds < 89.5 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** What the passport says, in a sentence; undefined where there is none. */
export function passportText({ device }: Pick<ModelsState, 'device'>): string | undefined {
  if (device?.isMeasuring) return 'Measuring this device …';
  if (!device?.passport) return undefined;
  const { measuredAt, cpu, gpu, writeBytesPerSecond } = device.passport;
  const parts = [
    cpu
      ? `its processor reads ${sizeText(1e9 / cpu.msPerMb.Q8_0)} of a model in a second, with ${cpu.threads === 1 ? 'one thread' : `${cpu.threads} threads`}`
      : 'its processor took too long to tell',
    gpu ? `its graphics processor (${gpu.name}) ${sizeText(gpu.matrixBytesPerSecond)}` : '',
    writeBytesPerSecond ? `its storage takes ${sizeText(writeBytesPerSecond)} in a second` : '',
  ];
  return `This device, as measured ${dayText(measuredAt).toLowerCase()}: ${parts.filter(Boolean).join('; ')}.`;
}
